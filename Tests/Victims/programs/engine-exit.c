/*
 * A library keeps a handle in a static object and closes it in its destructor, and the
 * program never closes the library: the destructor runs among the exit handlers, where
 * nothing protects.
 *
 * expect: {+engine } {+resources resources> } engine.build PASS {-resources <resources }
 * ends: exit 0
 * finds: warning dlclose-in-destructor, note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *engine = load("engine");

	call(engine, "engine_build");
	return pass();
}
