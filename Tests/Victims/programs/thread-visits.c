/*
 * A thread of the program's own works in a plugin when another one closes it, and then a second
 * plugin, which must not be blamed.
 *
 * expect: {+a a> } {+worker } {-worker <worker } {-a <a } PASS
 * ends: exit 0
 * finds: error thread-in-unloaded-library
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>
#include <semaphore.h>

static sem_t works;

static void *visit(void *hold)
{
	((void *(*)(void *))hold)(&works);
	__asm__ volatile(""); /* no tail call: this frame belongs in the stack */
	return NULL;
}

int main(void)
{
	void *a = load("a"), *worker = load("worker");
	pthread_t thread;

	pthread_create(&thread, NULL, visit, (void *)find(worker, "hold"));
	sem_wait(&works);
	until_others_block();
	unload("worker", worker);
	unload("a", a);
	_exit(pass());
}
