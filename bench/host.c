/*
 * host WORKLOAD CYCLES FOLDER: prints the median wall time in ns of one dlopen and dlclose,
 *measured inside this process, 15 frames deep.
 *
 *	unload	the last handle each time: the library is loaded and unloaded
 *	count	another handle stays open: only an open count goes up and down
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEPTH 12 /* with main and libc's two below it: 15 */

static const char *path;
static uint64_t *samples;
static int cycles;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void measure(void)
{
	for (int i = 0; i < cycles; i++) {
		uint64_t begin = now();
		void *handle = dlopen(path, RTLD_NOW);

		if (!handle || dlclose(handle))
			abort();
		samples[i] = now() - begin;
	}
}

__attribute__((noinline)) static void descend(int depth)
{
	if (depth > 0)
		descend(depth - 1);
	else
		measure();
	__asm__ volatile(""); /* keeps every frame: no tail call */
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

int main(int count, char **arguments)
{
	char file[4096];

	if (count != 4) {
		fprintf(stderr, "host: WORKLOAD CYCLES FOLDER\n");
		return 64;
	}
	snprintf(file, sizeof(file), "%s/libsmall.so", arguments[3]);
	path = file;
	cycles = atoi(arguments[2]);
	samples = calloc((size_t)cycles, sizeof(*samples));
	if (!samples || cycles < 1)
		return 1;
	if (strcmp(arguments[1], "count") == 0 && !dlopen(path, RTLD_NOW)) {
		fprintf(stderr, "host: %s\n", dlerror());
		return 1;
	}
	descend(DEPTH);
	qsort(samples, (size_t)cycles, sizeof(*samples), compare);
	printf("%llu\n", (unsigned long long)samples[cycles / 2]);
	return 0;
}
