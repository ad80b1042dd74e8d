/*
 * Repair of engine-exit: the second library is opened with RTLD_NODELETE.
 *
 * expect: {+engine-nodelete } {+resources resources> } engine.build PASS {-resources }
 *	<resources
 * ends: exit 0
 * finds: note dlclose-in-destructor, note leaked-open, note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *engine = load("engine-nodelete");

	call(engine, "engine_build");
	return pass();
}
