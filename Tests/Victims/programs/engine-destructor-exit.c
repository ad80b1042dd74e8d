/*
 * Repair of engine-exit: an attribute destructor in place of the static object's.
 *
 * expect: {+engine-destructor } {+resources resources> } engine.build PASS {-resources }
 *	<resources
 * ends: exit 0
 * finds: note dlclose-in-destructor, note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *engine = load("engine-destructor");

	call(engine, "engine_build");
	return pass();
}
