/*
 * start [FOLDER LIBRARIES]: does nothing; or loads so many libraries and prints the KiB of its
 * memory that are resident, and those of them that it shares with no other process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_memory(void)
{
	FILE *rollup = fopen("/proc/self/smaps_rollup", "re");
	unsigned long resident = 0, own = 0;
	char line[256];

	if (!rollup) {
		perror("/proc/self/smaps_rollup");
		return 1;
	}
	while (fgets(line, sizeof(line), rollup)) {
		unsigned long amount;

		if (sscanf(line, "Rss: %lu", &amount) == 1)
			resident = amount;
		else if (sscanf(line, "Private_Clean: %lu", &amount) == 1 ||
			 sscanf(line, "Private_Dirty: %lu", &amount) == 1)
			own += amount;
	}
	fclose(rollup);
	printf("%lu %lu\n", resident, own);
	return 0;
}

int main(int argument_count, char **arguments)
{
	char path[8192];

	if (argument_count != 3)
		return 0;
	for (int i = 0; i < atoi(arguments[2]); i++) {
		snprintf(path, sizeof(path), "%s/many/lib%d.so", arguments[1], i);
		if (!dlopen(path, RTLD_NOW)) {
			fprintf(stderr, "start: %s\n", dlerror());
			return 1;
		}
	}
	return print_memory();
}
