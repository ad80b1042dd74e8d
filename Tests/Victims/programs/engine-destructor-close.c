/*
 * Repair of engine-close: an attribute destructor in place of the static object's.
 *
 * expect: {+engine-destructor } {+resources resources> } engine.build {-engine-destructor
 *	{-resources } <resources } PASS
 * ends: exit 0
 * finds: warning dlclose-in-destructor, note deferred-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *engine = load("engine-destructor");

	call(engine, "engine_build");
	unload("engine-destructor", engine);
	return pass();
}
