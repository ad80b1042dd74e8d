/*
 * close_range(3, ~0) as daemons do at start, then work in a forked child.
 *
 * expect: {+a a> } {-a <a } child:2 {+b b> } {-b <b } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a;

	close_range(3, ~0u, 0);
	if (fork() == 0) {
		a = load("a");
		unload("a", a);
		return 2;
	}
	reap();
	a = load("b");
	unload("b", a);
	return pass();
}
