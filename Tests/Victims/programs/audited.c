/*
 * Runs itself under an auditor, which is told of the same.
 *
 * expect: {+a a> } {+b b> } {-a <a audit:2-1 } {-b <b audit:2-2 } {+top bottom> top> } {-top
 *	<top <bottom } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(int count, char **arguments)
{
	char *again[] = { arguments[0], "again", NULL };
	char path[4096];
	void *a, *b, *top;

	if (count == 1) {
		ssize_t size = readlink("/proc/self/exe", path, sizeof(path) - 32);

		if (size < 0)
			return fail("readlink");
		path[size] = 0;
		strcpy(strrchr(path, '/'), "/libauditor.so");
		setenv("LD_AUDIT", path, 1);
		execv("/proc/self/exe", again);
		return fail("exec");
	}
	a = load("a");
	b = load("b");
	unload("a", a);
	unload("b", b);
	top = load("top");
	unload("top", top);
	return pass();
}
