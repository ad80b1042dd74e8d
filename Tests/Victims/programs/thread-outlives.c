/*
 * A plugin is closed while the thread that it started still works in it.
 *
 * expect: {+worker } {-worker <worker } PASS
 * ends: exit 0
 * finds: error thread-in-unloaded-library
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *worker = load("worker");

	call(worker, "start");
	unload("worker", worker);
	_exit(pass());
}
