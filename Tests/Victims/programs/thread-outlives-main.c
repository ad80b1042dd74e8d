/*
 * main leaves by pthread_exit; a thread then closes the plugin in which another one works.
 *
 * expect: {+worker } {-worker <worker } PASS
 * ends: exit 0
 * finds: error thread-in-unloaded-library
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static pthread_t first;

static void *close_it(void *worker)
{
	pthread_join(first, NULL);
	unload("worker", worker);
	_exit(pass());
}

int main(void)
{
	void *worker = load("worker");
	pthread_t thread;

	call(worker, "start");
	first = pthread_self();
	pthread_create(&thread, NULL, close_it, worker);
	pthread_exit(NULL);
}
