/*
 * Two libraries that need each other are unloaded: one of them is finalized before the one
 * that needs it.
 *
 * expect: {+yang yin> yang> } {-yang <yin <yang } PASS
 * ends: exit 0
 * finds: warning fini-cycle
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *yang = load("yang");

	unload("yang", yang);
	return pass();
}
