/*
 * A constructor calls exit: the dlopen never returns.
 *
 * expect: {+a a> } {+hasty hasty> <a <hasty
 * ends: exit 7
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a = load("a");

	load("hasty");
	unload("a", a);
	return pass();
}
