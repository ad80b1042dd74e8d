/*
 * A forked child unloads what its parent loaded; so does the parent, later.
 *
 * expect: {+a a> } child {-a <a } child:3 {-a <a } PASS
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
		say("child");
		unload("a", a);
		exit(3);
	}
	reap();
	unload("a", a);
	return pass();
}
