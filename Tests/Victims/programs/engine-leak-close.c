/*
 * Repair of engine-close: the handle is leaked.
 *
 * expect: {+engine-leak } {+resources resources> } engine.build {-engine-leak } PASS <resources
 * ends: exit 0
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *engine = load("engine-leak");

	call(engine, "engine_build");
	unload("engine-leak", engine);
	return pass();
}
