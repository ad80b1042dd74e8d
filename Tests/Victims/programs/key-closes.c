/*
 * The destructor of a thread's own data closes a library.
 *
 * expect: {+a a> } {-a <a } thread ended PASS
 * ends: exit 0
 * finds: warning dlclose-in-destructor
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static pthread_key_t key;

static void close_it(void *handle)
{
	unload("a", handle);
}

static void *use(void *unused)
{
	(void)unused;
	pthread_setspecific(key, load("a"));
	return NULL;
}

int main(void)
{
	pthread_t thread;

	pthread_key_create(&key, close_it);
	pthread_create(&thread, NULL, use, NULL);
	pthread_join(thread, NULL);
	say("thread ended");
	pthread_key_delete(key);
	return pass();
}
