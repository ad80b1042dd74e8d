/*
 * A C program with C++ plugins: an exception crosses from one into the other.
 *
 * expect: {+catcher } {+thrower } throw ~guard catch:something {-thrower } {-catcher } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *catcher = load("catcher");

	call(catcher, "catch_something");
	unload("catcher", catcher);
	return pass();
}
