/*
 * Handles that are good: of a library opened twice and closed once, of one opened again while
 * another one keeps it, of the program itself and of the C library, which nobody can unload.
 *
 * expect: {+bottom bottom> } {+top top> } {-bottom } {+bottom } bottom.work {+top } {-top }
 *	top.work {-bottom } {-top <top <bottom } found found PASS
 * ends: exit 0
 * finds: note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *bottom = load("bottom"), *top = load("top"), *again, *own, *c;

	unload("bottom", bottom);
	again = load("bottom");
	call(again, "work");
	load("top");
	unload("top", top);
	call(top, "work");
	unload("bottom", again);
	unload("top", top);

	own = dlopen(NULL, RTLD_NOW);
	dlclose(own);
	say(dlsym(own, "write") ? "found" : "none");
	c = dlopen("libc.so.6", RTLD_NOW);
	dlclose(c);
	say(dlsym(c, "write") ? "found" : "none");
	return pass();
}
