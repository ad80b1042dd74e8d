/*
 * _exit with a library open: no destructor runs.
 *
 * expect: {+a a> } PASS
 * ends: exit 3
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	load("a");
	pass();
	_exit(3);
}
