/*
 * Closes itself by the handle it is given, and would go on afterwards.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

__attribute__((destructor)) static void finish(void)
{
	say("<suicide");
}

void close_yourself(void *self);
void close_yourself(void *self)
{
	dlclose(self);
	say("still here");
}
