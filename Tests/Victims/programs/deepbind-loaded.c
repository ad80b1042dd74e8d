/*
 * RTLD_DEEPBIND for a library that is there already changes nothing.
 *
 * expect: {+a a> } {+a } {-a } {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a = load("a");

	unload("a", load_as("a", RTLD_NOW | RTLD_DEEPBIND));
	unload("a", a);
	return pass();
}
