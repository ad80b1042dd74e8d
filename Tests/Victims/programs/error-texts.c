/*
 * The texts of failing calls are glibc's, and each is told once.
 *
 * expect: [libq2.so: invalid mode for dlopen(): Invalid argument] [libabsent.so: cannot open
 *	shared object file: No such file or directory] [invalid mode parameter] [libq0.so:
 *	undefined symbol: nothing] [libq0.so: undefined symbol: work, version NONE_1]
 *	[unsupported dlinfo request] [libq3.so: invalid target namespace in dlmopen(): Invalid
 *	argument] errno:11 PASS
 * ends: exit 0
 * finds: note failed-dlopen
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

/* Without the folder, which differs. */
static void tell(void)
{
	const char *text = dlerror(), *slash = text ? strrchr(text, '/') : NULL;

	say("[%s]", slash ? slash + 1 : text ? text : "none");
	if (dlerror())
		fail("told twice");
}

int main(void)
{
	void *a = dlopen("libq0.so", RTLD_NOW), *b = dlopen("libq1.so", RTLD_NOW);
	int nothing = 0;

	dlopen("libq2.so", 0);
	tell();
	dlopen("libabsent.so", RTLD_LAZY);
	tell();
	dlopen(NULL, 64);
	tell();
	dlsym(a, "nothing");
	tell();
	dlvsym(a, "work", "NONE_1");
	tell();
	dlinfo(a, 99, &nothing);
	tell();
	dlmopen(77, "libq3.so", RTLD_NOW);
	tell();
	errno = EAGAIN;
	dlclose(b);
	say("errno:%d", errno);
	dlclose(a);
	return pass();
}
