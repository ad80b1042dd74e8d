/*
 * dlopen and dlclose called through pointers that dlsym and dlvsym find in the C library itself.
 *
 * expect: {+a a> } {-a <a } PASS
 * ends: exit 0
 * finds: note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *library = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD), *a;
	void *(*open)(const char *, int) = (void *(*)(const char *, int))dlsym(library, "dlopen");
	int (*close)(void *) = (int (*)(void *))dlvsym(library, "dlclose", "GLIBC_2.34");

	say("{+a");
	a = open("liba.so", RTLD_NOW);
	say("}");
	if (!a)
		fail(dlerror());
	say("{-a");
	close(a);
	say("}");
	close(library);
	return pass();
}
