/*
 * A dlclose finalizes libsink and then libsource, which calls back into libsink: its code is
 * still mapped, but its destructor has run.
 *
 * expect: {+sink } {-sink <sink
 * ends: signal SEGV
 * finds: error use-after-fini
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *sink = load("sink");

	unload("sink", sink);
	return pass();
}
