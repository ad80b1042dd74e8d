/*
 * Asks 200 times for a library by a long path that is not there: events that are longer than a
 * record, in more than one spill file.
 *
 * expect: {+ 200 failed } PASS
 * ends: exit 0
 * finds: note failed-dlopen
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <limits.h>

int main(void)
{
	char path[PATH_MAX];
	int failed = 0;

	memset(path, 'n', sizeof(path));
	for (int i = 0; i < PATH_MAX; i += 200)
		path[i] = '/';
	path[PATH_MAX - 1] = 0;
	say("{+");
	for (int i = 0; i < 200; i++)
		failed += !dlopen(path, RTLD_NOW);
	say("%d failed }", failed);
	return pass();
}
