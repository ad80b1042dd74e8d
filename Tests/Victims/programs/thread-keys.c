/*
 * The numbers of thread-specific keys, the order and rounds of their destructors, and all the keys
 * there are.
 *
 * expect: keys:0,1,2 destroy:0 destroy:2 destroy:0 destroy:0 destroy:0 all:1024 of 1024
 *	destroyed:1024 PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <limits.h>
#include <pthread.h>

static pthread_key_t keys[PTHREAD_KEYS_MAX + 1];
static int destroyed;

/* Sets its key anew as often as it may: PTHREAD_DESTRUCTOR_ITERATIONS. */
static void again(void *value)
{
	say("destroy:0");
	pthread_setspecific(keys[0], value);
}

static void once(void *value)
{
	(void)value;
	say("destroy:2");
}

static void count(void *value)
{
	(void)value;
	destroyed++;
}

static void *set_three(void *value)
{
	for (int i = 0; i < 3; i++)
		pthread_setspecific(keys[i], value);
	return NULL;
}

static void *set_all(void *value)
{
	for (int i = 0; i < PTHREAD_KEYS_MAX; i++)
		pthread_setspecific(keys[i], value);
	return NULL;
}

int main(void)
{
	pthread_t thread;
	int made = 0;

	pthread_key_create(&keys[0], again);
	pthread_key_create(&keys[1], NULL);
	pthread_key_create(&keys[2], once);
	say("keys:%u,%u,%u", keys[0], keys[1], keys[2]);
	pthread_create(&thread, NULL, set_three, keys);
	pthread_join(thread, NULL);
	for (int i = 0; i < 3; i++)
		pthread_key_delete(keys[i]);

	while (made <= PTHREAD_KEYS_MAX && !pthread_key_create(&keys[made], count))
		made++;
	say("all:%d of %d", made, PTHREAD_KEYS_MAX);
	pthread_create(&thread, NULL, set_all, keys);
	pthread_join(thread, NULL);
	say("destroyed:%d", destroyed);
	return pass();
}
