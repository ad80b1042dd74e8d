/*
 * The texts of failing calls are glibc's, and each is told once.
 *
 * expect: [invalid mode for dlopen(): Invalid argument] [libabsent.so: cannot open shared object
 *	file: No such file or directory] [invalid mode for dlopen(): Invalid argument] [liba.so:
 *	undefined symbol: nothing] [liba.so: undefined symbol: work, version NONE_1] [unsupported
 *	dlinfo request] [invalid target namespace in dlmopen(): Invalid argument] [shared object
 *	not open] errno:11 PASS
 * ends: exit 0
 * finds: error stale-handle, note failed-dlopen
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
