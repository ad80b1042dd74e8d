/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program libraries|threads|processes|one COUNT LIBRARY: does as much of it at once, and says how
 * many loads there were. Of `libraries`, LIBRARY is a folder with 0.so, 1.so and so on.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *library;
static pthread_barrier_t barrier;
static atomic_int loads;

static void load_and_unload(void)
{
	void *handle = dlopen(library, RTLD_NOW);

	if (!handle || dlclose(handle))
		abort();
	atomic_fetch_add(&loads, 1);
}

static void load_all(int count)
{
	void **handles = calloc((size_t)count, sizeof(*handles));
	char path[4096];

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%d.so", library, i);
		handles[i] = dlopen(path, RTLD_NOW);
		if (!handles[i])
			abort();
		atomic_fetch_add(&loads, 1);
	}
	for (int i = count; i--;)
		dlclose(handles[i]);
}

static void *wait_and_load(void *unused)
{
	pthread_barrier_wait(&barrier);
	load_and_unload();
	pthread_barrier_wait(&barrier);
	return unused;
}

/* All of them are there at once, and the library is unloaded while they are. */
static void start_threads(int count)
{
	pthread_t *threads = calloc((size_t)count, sizeof(*threads));
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 256 << 10);
	pthread_barrier_init(&barrier, NULL, (unsigned)count);
	for (int i = 0; i < count; i++)
		if (pthread_create(&threads[i], &small, wait_and_load, NULL))
			abort();
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

static void start_processes(char **arguments, int count)
{
	char *command[] = { arguments[0], "one", "1", arguments[3], NULL };

	for (int i = 0; i < count; i++) {
		int status = 0;
		pid_t child = fork();

		if (child == 0) {
			execv("/proc/self/exe", command);
			_exit(127);
		}
		if (waitpid(child, &status, 0) != child || status)
			abort();
		atomic_fetch_add(&loads, 1);
	}
}

int main(int count, char **arguments)
{
	int number;

	if (count != 4)
		return 64;
	number = atoi(arguments[2]);
	library = arguments[3];
	if (!strcmp(arguments[1], "libraries"))
		load_all(number);
	else if (!strcmp(arguments[1], "threads"))
		start_threads(number);
	else if (!strcmp(arguments[1], "processes"))
		start_processes(arguments, number);
	else
		load_and_unload();
	if (strcmp(arguments[1], "one"))
		printf("%d\n", atomic_load(&loads));
	return 0;
}
