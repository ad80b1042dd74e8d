/*
 * Parent and child go on loading after the fork, other libraries each; the child ends by
 * _exit.
 *
 * expect: {+a a> } {+b b> } {-b <b } child:4 {-a <a } {+d d> } {-d <d } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a = load("a");

	if (fork() == 0) {
		void *b = load("b");

		unload("b", b);
		_exit(4);
	}
	reap();
	unload("a", a);
	a = load("d");
	unload("d", a);
	return pass();
}
