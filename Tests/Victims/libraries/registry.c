/*
 * Keeps raw pointers for its users, as a plugin host does, and calls them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

void registry_add(void (*function)(void));
void registry_run(void);

static void (*registry[4])(void);
static int registered;

void registry_add(void (*function)(void))
{
	registry[registered++ % 4] = function;
}

void registry_run(void)
{
	for (int i = 0; i < 4; i++)
		if (registry[i])
			registry[i]();
}

__attribute__((destructor)) static void finish(void)
{
	say("<registry");
}
