/*
 * An atexit function of the program uses a C++ static object of a library that was opened
 * later: exit has destroyed it by then, and unmapped nothing.
 *
 * expect: {+statics } PASS ~cache
 * ends: signal SEGV
 * finds: error use-after-fini
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static int (*cache_get)(void);

static void at_exit(void)
{
	say("%d", cache_get());
}

int main(void)
{
	atexit(at_exit);
	*(void **)&cache_get = dlsym(load("statics"), "cache_get");
	return pass();
}
