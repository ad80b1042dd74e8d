/*
 * Is linked with a library that asks to be initialized first (DF_1_INITFIRST), as we do.
 *
 * expect: urgent> main {+a a> } {-a <a } PASS <urgent
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a;

	say("main");
	a = load("a");
	unload("a", a);
	return pass();
}
