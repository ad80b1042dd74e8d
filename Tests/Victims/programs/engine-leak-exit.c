/*
 * Repair of engine-exit: the handle is leaked.
 *
 * expect: {+engine-leak } {+resources resources> } engine.build PASS <resources
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
	return pass();
}
