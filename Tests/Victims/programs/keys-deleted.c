/*
 * A library deletes its keys when it is unloaded; while it is there, their destructors run at the
 * end of a thread, each with its thread's value. All keys that there are can be had.
 *
 * expect: {+registrar } destroy:value {-registrar <registrar } own:1 own:2 own:3 all keys PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <limits.h>
#include <pthread.h>

static void *registrar;
static pthread_key_t again;

static void *use(void *unused)
{
	(void)unused;
	call(registrar, "use_key");
	return NULL;
}

/* Sets its value anew, until PTHREAD_DESTRUCTOR_ITERATIONS are through. */
static void set_again(void *value)
{
	long count = (long)value;

	say("own:%ld", count);
	if (count < 3)
		pthread_setspecific(again, (void *)(count + 1));
}

static void *use_own(void *unused)
{
	(void)unused;
	pthread_setspecific(again, (void *)1);
	return NULL;
}

static void run(void *(*routine)(void *))
{
	pthread_t thread;

	pthread_create(&thread, NULL, routine, NULL);
	pthread_join(thread, NULL);
}

int main(void)
{
	static pthread_key_t keys[PTHREAD_KEYS_MAX];
	int count = 0;

	registrar = load("registrar");
	call(registrar, "make_key_well");
	call(registrar, "make_c11_key_well");
	run(use);
	unload("registrar", registrar);

	pthread_key_create(&again, set_again);
	run(use_own);
	pthread_key_delete(again);
	while (count < PTHREAD_KEYS_MAX && !pthread_key_create(&keys[count], set_again))
		count++;
	say(count == PTHREAD_KEYS_MAX ? "all keys" : "%d keys", count);
	if (pthread_key_create(&again, set_again) != EAGAIN)
		fail("one more");
	while (count > 0)
		pthread_key_delete(keys[--count]);
	if (pthread_key_delete(again) != EINVAL)
		fail("deleted twice");
	return pass();
}
