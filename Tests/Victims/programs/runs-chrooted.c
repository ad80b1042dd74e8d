/*
 * Goes on in an empty root folder, where neither the pipe nor the spill folder can be opened.
 *
 * expect: {+a a> } {-a <a } {+b failed } {+b failed } child:3 PASS
 * ends: exit 0
 * finds: note failed-dlopen
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <sched.h>

int main(void)
{
	char folder[] = "/tmp/victim-XXXXXX";
	void *a = load("a");

	if (!mkdtemp(folder) || chdir(folder) || rmdir(folder))
		return fail("folder");
	if (geteuid() && unshare(CLONE_NEWUSER))
		return fail("unshare");
	if (chroot("."))
		return fail("chroot");
	unload("a", a);
	load_as("b", RTLD_NOW);
	if (fork() == 0) {
		load_as("b", RTLD_NOW);
		return 3;
	}
	reap();
	return pass();
}
