/*
 * A second library lands on the address of an unloaded one; a stale call runs its code and
 * does not crash.
 *
 * expect: {+a a> } a.work {-a <a } {+b b> } same address b.work {-b <b } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a = load("a");
	victim_function work = find(a, "work");
	void *b;

	work();
	unload("a", a);
	b = load("b");
	say(find(b, "work") == work ? "same address" : "other address");
	if (find(b, "work") == work)
		work();
	unload("b", b);
	return pass();
}
