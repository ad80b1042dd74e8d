/*
 * Its destructor ends in a tail call of dlclose: nobody's return address lies in this library while
 * liba goes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void *inner;

__attribute__((constructor)) static void begin(void)
{
	inner = load("a");
	say("tail>");
}

typedef void (*finisher)(void);

__attribute__((destructor)) static void finish(void)
{
	say("<tail");
	dlclose(inner);
}
