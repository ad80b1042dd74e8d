/*
 * A thread writes to a variable of a library that was closed.
 *
 * expect: {+data } {-data <data }
 * ends: signal SEGV
 * finds: error use-after-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static void *count(void *counter)
{
	++*(volatile int *)counter;
	return NULL;
}

int main(void)
{
	void *data = load("data");
	int *(*get_counter)(void);
	pthread_t thread;
	int *counter;

	*(void **)&get_counter = dlsym(data, "get_counter");
	counter = get_counter();
	unload("data", data);
	pthread_create(&thread, NULL, count, counter);
	pthread_join(thread, NULL);
	return pass();
}
