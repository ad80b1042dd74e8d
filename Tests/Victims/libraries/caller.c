/*
 * Uses what another library has, without needing it: whoever loads it must have that one loaded
 * for all (RTLD_GLOBAL).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

void work(void);

#ifdef BY_DATA
void (*pointer)(void) = work;
#else
#define pointer work
#endif

void call_work(void);
void call_work(void)
{
	pointer();
}

__attribute__((destructor)) static void finish(void)
{
	say("<%s", NAME);
}
