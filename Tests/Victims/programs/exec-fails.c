/*
 * exec of what is not there fails, and the program goes on.
 *
 * expect: {+a a> } errno:2 {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a = load("a");

	execl("/nowhere/program", "program", NULL);
	say("errno:%d", errno);
	unload("a", a);
	return pass();
}
