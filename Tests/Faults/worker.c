/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker COUNTERS CYCLES LIBRARY [SLOT STAGE]: opens and closes a library, and counts in a file
 * that outlives it which calls have returned. Two threads, so that records of one process meet;
 * forked children, which leave by _exit while a thread goes on; children of vfork that execute this
 * program, which executes itself once more. Each process has counters of its own. With EAT in the
 * environment it takes memory with every cycle.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 3, SLOTS = 8, MIB = 1 << 20 };

/* A cycle that waited less than this was held up by nobody. */
static const uint64_t SHORT_NS = 2000000;

/* Times in ns. waited: in the long waits of one thread, for anything but a free processor. */
struct counters {
	_Atomic uint64_t pid, opens, closes, slowest, waited;
};

static struct counters *slots, *own;
static const char *library;
static int cycles;
static bool eats;

static uint64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void raise_to(_Atomic uint64_t *most, uint64_t value)
{
	uint64_t was = atomic_load(most);

	while (was < value && !atomic_compare_exchange_weak(most, &was, value))
		;
}

/* How long this thread was ready to run and had no processor. */
static uint64_t unscheduled(void)
{
	unsigned long long ran, ready = 0;
	char text[128];
	int file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
	ssize_t size = read(file, text, sizeof(text) - 1);

	close(file);
	text[size > 0 ? size : 0] = 0;
	sscanf(text, "%llu %llu", &ran, &ready);
	return ready;
}

static void *cycle(void *unused)
{
	uint64_t waited = 0;

	for (int i = 0; i < cycles; i++) {
		uint64_t idle = unscheduled(), cpu = now(CLOCK_THREAD_CPUTIME_ID);
		uint64_t begin = now(CLOCK_MONOTONIC), took, ran;
		void *handle = dlopen(library, RTLD_NOW);

		if (!handle)
			abort();
		atomic_fetch_add(&own->opens, 1);
		dlclose(handle);
		atomic_fetch_add(&own->closes, 1);
		took = now(CLOCK_MONOTONIC) - begin;
		ran = now(CLOCK_THREAD_CPUTIME_ID) - cpu + unscheduled() - idle;
		if (took > ran + SHORT_NS)
			waited += took - ran;
		raise_to(&own->slowest, took);
		if (eats)
			memset(malloc(MIB), 1, MIB);
		if (i % 8 == 0)
			usleep(500);
	}
	raise_to(&own->waited, waited);
	return unused;
}

static void be(int slot)
{
	own = &slots[slot];
	atomic_store(&own->pid, (uint64_t)getpid());
}

/* Executes this program in its place. */
static void become(char **arguments, int slot, const char *stage)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", slot);
	execl("/proc/self/exe", arguments[0], arguments[1], arguments[2], arguments[3], number,
	      stage, (char *)NULL);
	_exit(127);
}

/* glibc's loader does not survive a fork amid another thread's dlopen. */
static bool cycle_twice(void)
{
	pthread_t other;

	if (pthread_create(&other, NULL, cycle, NULL))
		return false;
	cycle(NULL);
	pthread_join(other, NULL);
	return true;
}

int main(int count, char **arguments)
{
	pthread_t other;
	int file;

	if (count != 4 && count != 6)
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
	eats = getenv("EAT") != NULL;
	if (count == 6) {
		be(atoi(arguments[4]));
		cycle(NULL);
		if (!strcmp(arguments[5], "first"))
			become(arguments, atoi(arguments[4]), "second");
		return 0;
	}
	be(0);
	for (int i = 0; i < ROUNDS; i++) {
		pid_t child;

		if (!cycle_twice())
			return 1;
		child = fork();
		if (child == 0) {
			be(1 + 2 * i);
			if (pthread_create(&other, NULL, cycle, NULL))
				_exit(1);
			cycle(NULL);
			_exit(0);
		}
		waitpid(child, NULL, 0);
		child = vfork();
		if (child == 0)
			become(arguments, 2 + 2 * i, "first");
		waitpid(child, NULL, 0);
	}
	return 0;
}
