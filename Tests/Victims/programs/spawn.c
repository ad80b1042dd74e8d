/*
 * posix_spawn of itself while a library is open.
 *
 * expect: {+a a> } {+a a> } {-a <a } child:5 {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <spawn.h>

extern char **environ;

int main(int count, char **arguments)
{
	char *again[] = { arguments[0], (char *)"child", NULL };
	void *a = load("a");
	pid_t child;

	if (count > 1) {
		unload("a", a);
		return 5;
	}
	if (posix_spawn(&child, "/proc/self/exe", NULL, NULL, again, environ))
		return fail("posix_spawn");
	reap();
	unload("a", a);
	return pass();
}
