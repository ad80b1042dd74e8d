/*
 * host [-d FRAMES] [-l LIBRARIES] [-o FILE] [-s] WORKLOAD CYCLES FOLDER [NUMBER]
 *
 * Prints the median wall time in ns of one cycle, measured inside this process.
 *
 *	unload	the last handle each time: the library is loaded and unloaded
 *	count	another handle stays open: only an open count goes up and down
 *	many	NUMBER (300) libraries are loaded, and closed in reverse
 *	threads	as unload, by NUMBER (4) threads at once, each with a library of its own; time of
 *		all cycles by their number
 *
 *	-d	frames on the stack at the call (15)
 *	-l	so many other libraries are loaded before, and stay
 *	-o	print there, as some tracers use standard output themselves
 *	-s	for steps: raises SIGUSR1 before and after the last cycle
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "times.h"

#define MANY_MAX 4096
#define THREADS_MAX 64
#define OTHER_FRAMES 4 /* libc's two, main or thread, and cycle */

#define KEEP_FRAME __asm__ volatile("") /* no tail call */

static const char *folder, *path;
static uint64_t *samples;
static int cycles, number, others;
static int frames = 15;
static bool raises;

static void *open_one(const char *file)
{
	void *handle = dlopen(file, RTLD_NOW);

	if (!handle) {
		fprintf(stderr, "host: %s\n", dlerror());
		exit(1);
	}
	return handle;
}

static void *open_number(int index)
{
	char file[8192];

	snprintf(file, sizeof(file), "%s/many/lib%d.so", folder, index);
	return open_one(file);
}

static void cycle(void)
{
	dlclose(open_one(path));
	KEEP_FRAME;
}

static __thread char own_path[4096];

static void own_cycle(void)
{
	dlclose(open_one(own_path));
	KEEP_FRAME;
}

static void many(void)
{
	static void *handles[MANY_MAX];

	for (int i = 0; i < number; i++)
		handles[i] = open_number(i);
	for (int i = number; i-- > 0;)
		dlclose(handles[i]);
}

/* A function of its own, so that all cycles are called from one place. */
__attribute__((noinline)) static void mark(int index)
{
	if (raises && index == cycles - 1)
		raise(SIGUSR1);
}

__attribute__((noinline)) static void descend(int depth, void (*work)(void))
{
	if (depth > 1)
		descend(depth - 1, work);
	else
		for (int i = 0; i < cycles; i++) {
			uint64_t begin = now();

			mark(i);
			work();
			mark(i);
			if (samples)
				samples[i] = now() - begin;
		}
	KEEP_FRAME;
}

static void *thread(void *index)
{
	snprintf(own_path, sizeof(own_path), "%s/many/lib%d.so", folder, *(const int *)index);
	descend(frames - OTHER_FRAMES, own_cycle);
	return NULL;
}

/* The wall time of a cycle, by all threads. */
static uint64_t in_threads(void)
{
	pthread_t threads[THREADS_MAX];
	int indices[THREADS_MAX];
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

static uint64_t median_of(void (*work)(void))
{
	samples = calloc((size_t)cycles, sizeof(*samples));
	if (!samples)
		abort();
	descend(frames - OTHER_FRAMES, work);
	return median(samples, (size_t)cycles);
}

static int usage(void)
{
	fprintf(stderr, "host: [-d FRAMES] [-l LIBRARIES] [-o FILE] [-s] "
			"WORKLOAD CYCLES FOLDER [NUMBER]\n");
	return 64;
}

int main(int count, char **arguments)
{
	static char file[4096];
	const char *result = NULL;
	bool is_many, is_threads;
	int option;

	while ((option = getopt(count, arguments, "d:l:o:s")) != -1)
		if (option == 'd')
			frames = atoi(optarg);
		else if (option == 'l')
			others = atoi(optarg);
		else if (option == 'o')
			result = optarg;
		else if (option == 's')
			raises = true;
		else
			return usage();
	arguments += optind;
	count -= optind;
	if (count != 3 && count != 4)
		return usage();
	is_many = strcmp(arguments[0], "many") == 0;
	is_threads = strcmp(arguments[0], "threads") == 0;
	cycles = atoi(arguments[1]);
	folder = arguments[2];
	number = count == 4 ? atoi(arguments[3]) : is_many ? 300 : 4;
	snprintf(file, sizeof(file), "%s/libsmall.so", folder);
	path = file;
	if (cycles < 1 || number < 1 || number > (is_threads ? THREADS_MAX : MANY_MAX) ||
	    others < 0 || others > MANY_MAX || frames <= OTHER_FRAMES)
		return usage();
	for (int i = 0; i < others; i++)
		open_number(i);
	if (strcmp(arguments[0], "count") == 0)
		open_one(path);
	number = is_many || is_threads ? number : 1;
	{
		uint64_t time = is_threads ? in_threads() : median_of(is_many ? many : cycle);
		FILE *output = result ? fopen(result, "we") : stdout;

		if (!output || fprintf(output, "%llu\n", (unsigned long long)time) < 0 ||
		    fclose(output))
			return 74;
	}
	return 0;
}
