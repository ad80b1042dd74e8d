/*
 * A library that does nothing wrong: -DNAME names it, so that many can be built.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#ifdef QUIET
#define TELL(...) ((void)0)
#else
#define TELL(...) say(__VA_ARGS__)
#endif

__attribute__((constructor)) static void begin(void)
{
	TELL("%s>", NAME);
}

__attribute__((destructor)) static void finish(void)
{
	TELL("<%s", NAME);
}

__attribute__((visibility("default"))) void work(void);
void work(void)
{
	TELL("%s.work", NAME);
}
