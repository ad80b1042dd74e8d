/*
 * host WORKLOAD CYCLES FOLDER [NUMBER]: prints the median wall time in ns of one cycle, measured
 * inside this process, 15 frames deep.
 *
 *	unload	the last handle each time: the library is loaded and unloaded
 *	count	another handle stays open: only an open count goes up and down
 *	many	NUMBER (300) libraries are loaded, and closed in reverse
 *	threads	as unload, by NUMBER (4) threads at once, each with a library of its own; time of
 *		all cycles by their number
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEPTH 12 /* with main and libc's two below it: 15 */
#define MANY_MAX 4096

static const char *folder, *path;
static uint64_t *samples;
static int cycles, number;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void open_and_close(const char *file)
{
	void *handle = dlopen(file, RTLD_NOW);

	if (!handle || dlclose(handle))
		abort();
}

static void cycle(void)
{
	open_and_close(path);
}

static __thread char own_path[4096];

static void own_cycle(void)
{
	open_and_close(own_path);
}

static void many(void)
{
	static void *handles[MANY_MAX];
	char file[8192];

	for (int i = 0; i < number; i++) {
		snprintf(file, sizeof(file), "%s/many/lib%d.so", folder, i);
		handles[i] = dlopen(file, RTLD_NOW);
		if (!handles[i])
			abort();
	}
	for (int i = number; i-- > 0;)
		dlclose(handles[i]);
}

__attribute__((noinline)) static void descend(int depth, void (*work)(void))
{
	if (depth > 0)
		descend(depth - 1, work);
	else
		for (int i = 0; i < cycles; i++) {
			uint64_t begin = now();

			work();
			if (samples)
				samples[i] = now() - begin;
		}
	__asm__ volatile(""); /* keeps every frame: no tail call */
}

static void *thread(void *index)
{
	snprintf(own_path, sizeof(own_path), "%s/many/lib%d.so", folder, *(const int *)index);
	descend(DEPTH - 2, own_cycle);
	return NULL;
}

/* The wall time of a cycle, by all threads. */
static uint64_t in_threads(void)
{
	pthread_t threads[64];
	int indices[64];
	uint64_t begin = now();

	for (int i = 0; i < number; i++) {
		indices[i] = i;
		if (pthread_create(&threads[i], NULL, thread, &indices[i]))
			abort();
	}
	for (int i = 0; i < number; i++)
		pthread_join(threads[i], NULL);
	return (now() - begin) / (uint64_t)(cycles * number);
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static uint64_t median(void (*work)(void))
{
	samples = calloc((size_t)cycles, sizeof(*samples));
	if (!samples)
		abort();
	descend(DEPTH, work);
	qsort(samples, (size_t)cycles, sizeof(*samples), compare);
	return samples[cycles / 2];
}

int main(int count, char **arguments)
{
	static char file[4096];
	bool is_many, is_threads;

	if (count != 4 && count != 5) {
		fprintf(stderr, "host: WORKLOAD CYCLES FOLDER [NUMBER]\n");
		return 64;
	}
	is_many = strcmp(arguments[1], "many") == 0;
	is_threads = strcmp(arguments[1], "threads") == 0;
	cycles = atoi(arguments[2]);
	folder = arguments[3];
	number = count == 5 ? atoi(arguments[4]) : is_many ? 300 : 4;
	snprintf(file, sizeof(file), "%s/libsmall.so", folder);
	path = file;
	if (cycles < 1 || number < 1 || number > (is_threads ? 64 : MANY_MAX))
		return 64;
	if (strcmp(arguments[1], "count") == 0 && !dlopen(path, RTLD_NOW)) {
		fprintf(stderr, "host: %s\n", dlerror());
		return 1;
	}
	printf("%llu\n",
	       (unsigned long long)(is_threads ? in_threads() : median(is_many ? many : cycle)));
	return 0;
}
