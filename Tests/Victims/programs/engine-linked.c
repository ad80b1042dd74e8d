/*
 * The library with the handle in a static object is linked to the program: its destructor
 * runs inside the loader's own pass at exit, where nothing is unloaded.
 *
 * expect: {+resources resources> } engine.build PASS {-resources } <resources
 * ends: exit 0
 * finds: note dlclose-in-destructor
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

void engine_build(void);

int main(void)
{
	engine_build();
	return pass();
}
