/*
 * Repair of engine-close: the second library is opened with RTLD_NODELETE.
 *
 * expect: {+engine-nodelete } {+resources resources> } engine.build {-engine-nodelete
 *	{-resources } } PASS <resources
 * ends: exit 0
 * finds: note dlclose-in-destructor, note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *engine = load("engine-nodelete");

	call(engine, "engine_build");
	unload("engine-nodelete", engine);
	return pass();
}
