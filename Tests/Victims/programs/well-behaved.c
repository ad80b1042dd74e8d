/*
 * Opens a library, uses it and closes it, as one should.
 *
 * expect: {+a a> } a.work {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a = load("a");

	call(a, "work");
	unload("a", a);
	return pass();
}
