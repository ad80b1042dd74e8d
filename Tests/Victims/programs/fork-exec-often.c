/*
 * 100 times fork and exec of itself, each of which loads and unloads.
 *
 * expect: failed:0 PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(int count, char **arguments)
{
	int status, failed = 0;

	if (count > 1)
		return dlclose(dlopen("libq0.so", RTLD_NOW));
	for (int i = 0; i < 100; i++) {
		if (fork() == 0) {
			execl("/proc/self/exe", arguments[0], "again", NULL);
			_exit(1);
		}
		wait(&status);
		failed += status != 0;
	}
	say("failed:%d", failed);
	return pass();
}
