/*
 * Opens liba in its constructor and, with -DCLOSES, closes it in its destructor.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void *inner;

__attribute__((constructor)) static void begin(void)
{
	inner = load("a");
	say("nest>");
}

__attribute__((destructor)) static void finish(void)
{
	say("<nest");
#ifdef CLOSES
	unload("a", inner);
#endif
}
