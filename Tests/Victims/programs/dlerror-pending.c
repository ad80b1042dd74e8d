/*
 * What of a pending dlerror text survives other loader calls, and errno across those that
 * succeed.
 *
 * expect: {+nowhere failed } {+a a> } dlopen:none {+nowhere failed } {-a <a } dlclose:none
 *	{+nowhere failed } dlsym:none {+nowhere failed } {+a failed } noload:none errno:4711
 *	pending:none PASS
 * ends: exit 0
 * finds: note failed-dlopen
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void tell(const char *after)
{
	const char *text = dlerror();

	say("%s:%s", after, text ? text : "none");
}

int main(void)
{
	void *a;

	load_as("nowhere", RTLD_NOW);
	a = load("a");
	tell("dlopen");
	load_as("nowhere", RTLD_NOW);
	unload("a", a);
	tell("dlclose");
	load_as("nowhere", RTLD_NOW);
	dlsym(RTLD_DEFAULT, "puts");
	tell("dlsym");
	load_as("nowhere", RTLD_NOW);
	a = load_as("a", RTLD_NOW | RTLD_NOLOAD);
	tell("noload");
	errno = 4711;
	dlclose(dlopen(NULL, RTLD_NOW));
	say("errno:%d", errno);
	dlsym(RTLD_DEFAULT, "no_such_symbol");
	dlclose(dlopen(NULL, RTLD_NOW));
	tell("pending");
	return pass();
}
