/*
 * Tells a callback when it is unloaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

void set_callback(void (*function)(void));

static void (*callback)(void);

void set_callback(void (*function)(void))
{
	callback = function;
}

__attribute__((destructor)) static void finish(void)
{
	if (callback)
		callback();
	say("<source");
}
