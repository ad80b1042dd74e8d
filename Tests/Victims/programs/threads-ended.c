/*
 * Plugins are closed when the threads in them have ended, in each of the ways a thread ends:
 * nothing is left behind.
 *
 * expect: {+worker } {+crew } joined detached canceled exited {-crew <crew } {-worker <worker }
 *	PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>

static sem_t works;
static pid_t detached;
static void *nap;

static void end_nap(void *worker)
{
	if (write(((int *)dlsym(worker, "nap_ends"))[1], "", 1) != 1)
		fail("write");
}

static void *visit(void *leave)
{
	detached = gettid();
	((void *(*)(void *))nap)(&works);
	if (leave)
		pthread_exit(leave);
	return NULL;
}

int main(void)
{
	void *worker = load("worker"), *crew = load("crew");
	void *hold = (void *)find(worker, "hold"), *result;
	pthread_t thread;

	nap = (void *)find(worker, "nap");
	call(worker, "start");
	call(worker, "stop");
	call(crew, "start");
	call(crew, "stop");
	say("joined");

	pthread_create(&thread, NULL, visit, NULL);
	pthread_detach(thread);
	sem_wait(&works);
	end_nap(worker);
	while (!syscall(SYS_tgkill, getpid(), detached, 0))
		usleep(1000);
	say("detached");

	pthread_create(&thread, NULL, (void *(*)(void *))hold, &works);
	sem_wait(&works);
	pthread_cancel(thread);
	if (!pthread_join(thread, &result) && result == PTHREAD_CANCELED)
		say("canceled");

	pthread_create(&thread, NULL, visit, &works);
	sem_wait(&works);
	end_nap(worker);
	if (!pthread_join(thread, &result) && result == &works)
		say("exited");

	unload("crew", crew);
	unload("worker", worker);
	return pass();
}
