/*
 * main returns while a plugin's thread works: the plugin is finalized under it.
 *
 * expect: {+worker } PASS <worker
 * ends: exit 0
 * finds: warning exit-with-live-threads, note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *worker = load("worker");

	call(worker, "start");
	return pass();
}
