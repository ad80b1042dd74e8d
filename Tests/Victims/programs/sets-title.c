/*
 * Writes its title over its arguments and environment, as daemons do, then closes every
 * descriptor: the tracer must not need them any more.
 *
 * expect: {+a a> } {-a <a } {+b b> } {-b <b } child:3 {+b b> } {-b <b } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

extern char **environ;

int main(int count, char **arguments)
{
	char *start = arguments[0], *end = start;
	void *a = load("a");

	(void)count;
	for (char **variable = environ; *variable; variable++)
		if (*variable + strlen(*variable) > end)
			end = *variable + strlen(*variable);
	environ = NULL;
	memset(start, 'T', (size_t)(end - start));
	unload("a", a);
	if (fork() == 0) {
		a = load("b");
		unload("b", a);
		return 3;
	}
	reap();
	for (int number = 3; number < 65536; number++)
		close(number);
	clearenv();
	a = load("b");
	unload("b", a);
	return pass();
}
