/*
 * A constructor opens a library and nobody closes either.
 *
 * expect: {+nest-open {+a a> } nest> } PASS <nest <a
 * ends: exit 0
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	load("nest-open");
	return pass();
}
