/*
 * A thread calls exit while two others, the main one among them, work in a plugin.
 *
 * expect: {+worker } PASS <worker
 * ends: exit 0
 * finds: warning exit-with-live-threads, note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>
#include <semaphore.h>

static sem_t works;
static void *hold;

static void *visit(void *unused)
{
	((void *(*)(void *))hold)(&works);
	return unused;
}

static void *leave(void *unused)
{
	sem_wait(&works);
	sem_wait(&works);
	until_others_block();
	exit(pass());
	return unused;
}

int main(void)
{
	pthread_t thread;

	hold = (void *)find(load("worker"), "hold");
	pthread_create(&thread, NULL, visit, NULL);
	pthread_create(&thread, NULL, leave, NULL);
	visit(NULL);
	return fail("came back");
}
