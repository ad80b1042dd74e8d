/*
 * abort with a library open.
 *
 * expect: {+a a> } PASS
 * ends: signal ABRT
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	load("a");
	pass();
	abort();
}
