/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program churn|storm|short LIBRARY COUNTER RATE: loads and unloads a library, or runs itself as a
 * short program that does it once, RATE times a second (0: as often as it can) until it is killed.
 * Counts in a file that whoever started it reads.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const uint64_t SECOND = 1000000000;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

static void load_and_unload(const char *library)
{
	void *handle = dlopen(library, RTLD_NOW);

	if (!handle || dlclose(handle))
		abort();
}

static void run_short(char **arguments)
{
	char *command[] = { arguments[0], "short", arguments[2], NULL };
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		execv("/proc/self/exe", command);
		_exit(127);
	}
	if (waitpid(child, &status, 0) != child || status)
		abort();
}

int main(int count, char **arguments)
{
	_Atomic uint64_t *counter;
	uint64_t begin = now(), done;
	int file, rate;

	if (count == 3 && !strcmp(arguments[1], "short")) {
		load_and_unload(arguments[2]);
		return 0;
	}
	if (count != 5)
		return 64;
	rate = atoi(arguments[4]);
	file = open(arguments[3], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0 || ftruncate(file, sizeof(*counter)))
		return 1;
	counter = mmap(NULL, sizeof(*counter), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	if (counter == MAP_FAILED)
		return 1;
	for (;;) {
		if (!strcmp(arguments[1], "storm"))
			run_short(arguments);
		else
			load_and_unload(arguments[2]);
		done = atomic_fetch_add(counter, 1) + 1;
		while (rate && done * SECOND / (uint64_t)rate > now() - begin)
			usleep(1000);
	}
}
