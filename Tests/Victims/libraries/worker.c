/*
 * A plugin where threads work: start() starts one of its own, which works until stop(). hold() and
 * nap() are what it does, for other threads too, as a start routine or called: one works until
 * told, the other until a byte is written to nap_ends[1]. Once the library is unloaded, what
 * returns here returns to nowhere.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>
#include <semaphore.h>

void *hold(void *works);
void *nap(void *works);
void start(void);
void start_nap(void);
void stop(void);

int nap_ends[2];

static pthread_t thread;
static sem_t works, told_to_stop;

void *hold(void *here)
{
	sem_post(here);
	while (sem_wait(&told_to_stop))
		;
	return NULL;
}

void *nap(void *here)
{
	char end;

	sem_post(here);
	if (read(nap_ends[0], &end, 1) != 1)
		_exit(99);
	return NULL;
}

static void start_as(void *(*routine)(void *))
{
	sem_init(&works, 0, 0);
	sem_init(&told_to_stop, 0, 0);
	if (!nap_ends[1] && pipe(nap_ends))
		fail("pipe");
	if (pthread_create(&thread, NULL, routine, &works))
		fail("pthread_create");
	sem_wait(&works);
	until_others_block();
}

void start(void)
{
	start_as(hold);
}

void start_nap(void)
{
	start_as(nap);
}

void stop(void)
{
	sem_post(&told_to_stop);
	pthread_join(thread, NULL);
}

__attribute__((destructor)) static void finish(void)
{
	say("<worker");
}
