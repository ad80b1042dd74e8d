/*
 * Symbol lookup by dlsym from the program: RTLD_DEFAULT, RTLD_NEXT, a handle, a name that is
 * nowhere.
 *
 * expect: {+a a> } default none next work local text {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a = load("a");

	say(dlsym(RTLD_DEFAULT, "puts") ? "default" : "none");
	say(dlsym(RTLD_NEXT, "main") ? "main" : "none");
	say(dlsym(RTLD_NEXT, "puts") == dlsym(RTLD_DEFAULT, "puts") ? "next" : "other");
	say(dlsym(a, "work") ? "work" : "none");
	say(dlsym(RTLD_DEFAULT, "work") ? "global" : "local");
	say("%s", dlerror() ? "text" : "no text");
	unload("a", a);
	return pass();
}
