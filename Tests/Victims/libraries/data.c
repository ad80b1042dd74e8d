/*
 * Hands out pointers to its own data.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

const char *get_text(void);
int *get_counter(void);

static int counter;

const char *get_text(void)
{
	return "text";
}

int *get_counter(void)
{
	return &counter;
}

__attribute__((destructor)) static void finish(void)
{
	say("<data");
}
