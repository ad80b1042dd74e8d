/*
 * A library loaded with RTLD_DEEPBIND binds dlopen past the tracer: what it loads and unloads
 * is seen all the same.
 *
 * expect: {+runner } {+hidden hidden> } hidden.work {-hidden <hidden } {-runner } PASS
 * ends: exit 0
 * finds: note deepbind-load
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *runner = load_as("runner", RTLD_NOW | RTLD_DEEPBIND);

	call(runner, "runner_start");
	call(runner, "runner_stop");
	unload("runner", runner);
	return pass();
}
