/*
 * A plugin is closed while the thread that it started naps in it; the thread wakes up in code that
 * is gone.
 *
 * expect: {+worker } {-worker <worker }
 * ends: signal SEGV
 * finds: error thread-in-unloaded-library, error use-after-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *worker = load("worker");
	int end;

	call(worker, "start_nap");
	end = ((int *)dlsym(worker, "nap_ends"))[1];
	unload("worker", worker);
	if (write(end, "", 1) != 1)
		fail("write");
	pause();
	return pass();
}
