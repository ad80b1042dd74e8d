/*
 * Repair of engine-close: a reference-counted owner closes the handle before the library's
 * destructors run.
 *
 * expect: {+engine-owner } {+resources resources> } engine.build {-resources <resources }
 *	{-engine-owner } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *engine = load("engine-owner");

	call(engine, "engine_build");
	call(engine, "engine_release");
	unload("engine-owner", engine);
	return pass();
}
