/*
 * The library that the program opens; it needs libkeeper and starts it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

void keeper_start(void);

__attribute__((constructor)) static void begin(void)
{
	say("user>");
	keeper_start();
}

__attribute__((destructor)) static void finish(void)
{
	say("<user");
}
