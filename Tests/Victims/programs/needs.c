/*
 * A library and what it needs are loaded and unloaded together, in the loader's order.
 *
 * expect: {+top bottom> top> } {-top <top <bottom } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *top = load("top");

	unload("top", top);
	return pass();
}
