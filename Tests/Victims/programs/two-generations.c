/*
 * Calls a stale function pointer after two libraries lay at its address, one after the
 * other, and none does any more: which of them it belonged to can't be told.
 *
 * expect: {+a a> } a.work {-a <a } {+b b> } same address {-b <b }
 * ends: signal SEGV
 * finds: error use-after-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a = load("a"), *b;
	victim_function work = find(a, "work");

	work();
	unload("a", a);
	b = load("b");
	say(find(b, "work") == work ? "same address" : "other address");
	unload("b", b);
	work();
	return pass();
}
