/*
 * Calls exit in its constructor, beneath dlopen.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

__attribute__((constructor)) static void begin(void)
{
	say("hasty>");
	exit(7);
}

__attribute__((destructor)) static void finish(void)
{
	say("<hasty");
}
