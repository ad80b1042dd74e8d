/*
 * Opens and closes a library beneath 200 calls: more frames than a record has.
 *
 * expect: {+a a> } {-a <a } {+a a> } {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

VICTIM_STATIC void descend(int depth)
{
	if (depth)
		descend(depth - 1);
	else
		unload("a", load("a"));
	__asm__ volatile(""); /* no tail call */
}

int main(void)
{
	descend(200);
	/* With unload, main and what is before it: just as many as a record has at the dlclose. */
	descend(122);
	return pass();
}
