/*
 * RTLD_NOLOAD: null before the library is there, the same handle and one more open count
 * after.
 *
 * expect: {+a failed } no text {+a a> } {+a } same {-a } a.work {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a;

	if (load_as("a", RTLD_NOW | RTLD_NOLOAD))
		return fail("there already");
	say("%s", dlerror() ? "text" : "no text");
	a = load("a");
	say(load_as("a", RTLD_NOW | RTLD_NOLOAD) == a ? "same" : "other");
	unload("a", a);
	call(a, "work");
	unload("a", a);
	return pass();
}
