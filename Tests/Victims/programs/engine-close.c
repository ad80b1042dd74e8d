/*
 * A library keeps a handle in a static object and closes it in its destructor (TensorRT issue
 * 4617), while the program closes the library.
 *
 * expect: {+engine } {+resources resources> } engine.build {-engine {-resources } <resources }
 *	PASS
 * ends: exit 0
 * finds: warning dlclose-in-destructor, note deferred-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *engine = load("engine");

	call(engine, "engine_build");
	unload("engine", engine);
	return pass();
}
