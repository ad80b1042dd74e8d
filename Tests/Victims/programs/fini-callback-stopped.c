/*
 * Looks like fini-callback-close, but libsink takes its callback back first.
 *
 * expect: {+sink } {-sink <sink <source } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *sink = load("sink");

	call(sink, "sink_stop");
	unload("sink", sink);
	return pass();
}
