/*
 * As fini-callback-close, but at exit: nothing is unmapped at all.
 *
 * expect: {+sink } PASS <sink
 * ends: signal SEGV
 * finds: error use-after-fini
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	load("sink");
	return pass();
}
