/*
 * The main thread works in a plugin when a thread of the program's closes it.
 *
 * expect: {+worker } {-worker <worker } PASS
 * ends: exit 0
 * finds: error thread-in-unloaded-library
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>
#include <semaphore.h>

static sem_t works;

static void *close_it(void *worker)
{
	sem_wait(&works);
	until_others_block();
	unload("worker", worker);
	_exit(pass());
}

int main(void)
{
	void *worker = load("worker");
	pthread_t thread;

	pthread_create(&thread, NULL, close_it, worker);
	((void *(*)(void *))find(worker, "hold"))(&works);
	return fail("came back");
}
