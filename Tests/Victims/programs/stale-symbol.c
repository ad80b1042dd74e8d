/*
 * A handle is closed, but the library stays since another one needs it: dlsym and dlvsym with the
 * handle still work, and RTLD_DEFAULT is no handle.
 *
 * expect: {+bottom bottom> } {+top top> } {-bottom } bottom.work version:none main:found
 *	{-top <top <bottom } PASS
 * ends: exit 0
 * finds: error stale-handle, note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *bottom = load("bottom"), *top = load("top");

	unload("bottom", bottom);
	call(bottom, "work");
	say("version:%s", dlvsym(bottom, "work", "V1") ? "found" : "none");
	say("main:%s", dlsym(RTLD_DEFAULT, "write") ? "found" : "none");
	unload("top", top);
	return pass();
}
