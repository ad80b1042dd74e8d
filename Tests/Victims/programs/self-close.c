/*
 * A library closes itself from one of its own functions, and the call returns into nothing.
 *
 * expect: {+suicide } <suicide
 * ends: signal SEGV
 * finds: error self-unload, error use-after-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *suicide = load("suicide");
	void (*close_yourself)(void *);

	*(void **)&close_yourself = dlsym(suicide, "close_yourself");
	close_yourself(suicide);
	return pass();
}
