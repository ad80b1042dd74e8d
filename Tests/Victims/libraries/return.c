/*
 * Needs libkeeper, which opens it: the way back in the cycle.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

void keeper_start(void);

__attribute__((constructor)) static void begin(void)
{
	say("return>");
}

__attribute__((destructor)) static void finish(void)
{
	say("<return");
}

void return_work(void);
void return_work(void)
{
	keeper_start();
}
