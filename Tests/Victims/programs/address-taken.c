/*
 * A stale pointer in the program's own table, after another library took the address: nothing
 * crashes, the wrong code runs.
 *
 * expect: {+a a> } a.work {-a <a } {+b b> } b.work {-b <b } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static victim_function table[4];

int main(void)
{
	void *a = load("a"), *b;

	table[2] = find(a, "work");
	table[2]();
	unload("a", a);
	b = load("b");
	table[2]();
	unload("b", b);
	return pass();
}
