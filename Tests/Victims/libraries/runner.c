/*
 * Finds libhidden.so only through its own RUNPATH, $ORIGIN/private.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void *hidden;

void runner_start(void);
void runner_start(void)
{
	hidden = load("hidden");
	call(hidden, "work");
}

void runner_stop(void);
void runner_stop(void)
{
	unload("hidden", hidden);
}
