/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker COUNTERS CYCLES LIBRARY: opens and closes a library, and counts in a file that outlives it
 * which calls have returned. Two threads, so that records of one process meet, and forked
 * children, each with counters of its own.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 8 };

struct counters {
	_Atomic uint64_t pid, opens, closes, slowest_ns;
};

static struct counters *slots, *own;
static const char *library;
static int cycles;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void *cycle(void *unused)
{
	for (int i = 0; i < cycles; i++) {
		uint64_t begin = now(), took;
		void *handle = dlopen(library, RTLD_NOW);

		if (!handle)
			abort();
		atomic_fetch_add(&own->opens, 1);
		dlclose(handle);
		atomic_fetch_add(&own->closes, 1);
		took = now() - begin;
		if (took > atomic_load(&own->slowest_ns))
			atomic_store(&own->slowest_ns, took);
		if (i % 8 == 0)
			usleep(500);
	}
	return unused;
}

int main(int count, char **arguments)
{
	pthread_t other;
	int file;

	if (count != 4)
		return 64;
	file = open(arguments[1], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0 || ftruncate(file, SLOTS * sizeof(*slots)))
		return 1;
	slots = mmap(NULL, SLOTS * sizeof(*slots), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	if (slots == MAP_FAILED)
		return 1;
	cycles = atoi(arguments[2]);
	library = arguments[3];
	own = &slots[0];
	atomic_store(&own->pid, (uint64_t)getpid());
	for (int i = 1; i <= 4; i++) {
		pid_t child;

		/* glibc's loader does not survive a fork amid another thread's dlopen. */
		if (pthread_create(&other, NULL, cycle, NULL))
			return 1;
		cycle(NULL);
		pthread_join(other, NULL);
		child = fork();
		if (child == 0) {
			own = &slots[i];
			atomic_store(&own->pid, (uint64_t)getpid());
			cycle(NULL);
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
	return 0;
}
