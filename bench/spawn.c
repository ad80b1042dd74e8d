/*
 * spawn [-p PRELOAD] COUNT PROGRAM [ARGUMENT ...]: runs PROGRAM so often, one after the other, and
 * prints the median wall time in ns from its start to its end. PRELOAD becomes its LD_PRELOAD.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "times.h"

extern char **environ;

static uint64_t run(char **arguments)
{
	uint64_t begin = now();
	pid_t pid;
	int status = posix_spawnp(&pid, arguments[0], NULL, NULL, arguments, environ);

	if (status) {
		fprintf(stderr, "spawn: %s: %s\n", arguments[0], strerror(status));
		exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status) {
		fprintf(stderr, "spawn: %s: status %#x\n", arguments[0], (unsigned)status);
		exit(1);
	}
	return now() - begin;
}

int main(int argument_count, char **arguments)
{
	const char *preload = NULL;
	uint64_t *samples;
	int option, count;

	while ((option = getopt(argument_count, arguments, "+p:")) != -1)
		if (option == 'p')
			preload = optarg;
		else
			return 64;
	count = argument_count - optind >= 2 ? atoi(arguments[optind]) : 0;
	if (count < 1) {
		fprintf(stderr, "spawn: [-p PRELOAD] COUNT PROGRAM [ARGUMENT ...]\n");
		return 64;
	}
	samples = calloc((size_t)count, sizeof(*samples));
	if (!samples || (preload && setenv("LD_PRELOAD", preload, 1)))
		return 71;
	for (int i = 0; i < count; i++)
		samples[i] = run(arguments + optind + 1);
	printf("%llu\n", (unsigned long long)median(samples, (size_t)count));
	return 0;
}
