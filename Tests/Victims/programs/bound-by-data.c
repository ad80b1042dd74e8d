/*
 * A library's table points to a function of another one that it does not need: that one stays until
 * it goes. The same library without a use of it, and closed before, is let go.
 *
 * expect: {+a a> } {+caller } {-a <a } {-caller <caller } {+a a> } {+pointer } a.work {-a }
 *	{-pointer <pointer <a } PASS
 * ends: exit 0
 * finds: note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a = load_as("a", RTLD_LAZY | RTLD_GLOBAL), *user = load_as("caller", RTLD_LAZY);

	unload("a", a);
	unload("caller", user);
	a = load_as("a", RTLD_LAZY | RTLD_GLOBAL);
	user = load_as("pointer", RTLD_LAZY);
	call(user, "call_work");
	unload("a", a);
	unload("pointer", user);
	return pass();
}
