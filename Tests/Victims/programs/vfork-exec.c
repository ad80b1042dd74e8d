/*
 * vfork and exec of itself while a library is open: the child shares memory until it execs.
 *
 * expect: {+a a> } {+a a> } {-a <a } child:5 {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(int count, char **arguments)
{
	void *a = load("a");

	if (count > 1) {
		unload("a", a);
		return 5;
	}
	if (vfork() == 0) {
		execl("/proc/self/exe", arguments[0], "child", NULL);
		_exit(6);
	}
	reap();
	unload("a", a);
	return pass();
}
