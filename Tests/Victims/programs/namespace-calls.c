/*
 * A library in a namespace of its own loads and unloads through that namespace's C library, which
 * finds its plugin by the caller's RUNPATH there.
 *
 * expect: {+hidden hidden> } hidden.work {-hidden <hidden } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *runner = dlmopen(LM_ID_NEWLM, "librunner.so", RTLD_NOW);

	if (!runner)
		fail(dlerror());
	call(runner, "runner_start");
	call(runner, "runner_stop");
	if (dlclose(runner))
		fail(dlerror());
	return pass();
}
