/*
 * A library finds its plugin only through its own RUNPATH with $ORIGIN: the loader must see
 * the library as the caller, at any optimisation.
 *
 * expect: {+runner } {+hidden failed } {+hidden hidden> } hidden.work {-hidden <hidden }
 *	{-runner } PASS
 * ends: exit 0
 * finds: note failed-dlopen
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *runner = load("runner");

	if (load_as("hidden", RTLD_NOW))
		return fail("the program must not find it");
	call(runner, "runner_start");
	call(runner, "runner_stop");
	unload("runner", runner);
	return pass();
}
