/*
 * Repair of engine-exit: a reference-counted owner closes the handle before the program ends.
 *
 * expect: {+engine-owner } {+resources resources> } engine.build {-resources <resources } PASS
 * ends: exit 0
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *engine = load("engine-owner");

	call(engine, "engine_build");
	call(engine, "engine_release");
	return pass();
}
