/*
 * Opened three times, closed three times: only the last dlclose unloads.
 *
 * expect: {+a a> } {+a } {+a } {-a } {-a } a.work {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a = load("a");

	if (load("a") != a || load("a") != a)
		return fail("another handle");
	unload("a", a);
	unload("a", a);
	call(a, "work");
	unload("a", a);
	return pass();
}
