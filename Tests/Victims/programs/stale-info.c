/*
 * dlinfo gets the handle of a library that is gone. It asks for the link map, which is the handle
 * itself, so glibc answers. The next library may get the same handle: then it is a good one.
 *
 * expect: {+a a> } same {-a <a } same {+b b> } same {-b <b } PASS
 * ends: exit 0
 * finds: error stale-handle
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void ask(void *handle)
{
	void *map = NULL;

	say(!dlinfo(handle, RTLD_DI_LINKMAP, &map) && map == handle ? "same" : "other");
}

int main(void)
{
	void *a = load("a"), *b;

	ask(a);
	unload("a", a);
	ask(a);
	b = load("b");
	ask(b);
	unload("b", b);
	return pass();
}
