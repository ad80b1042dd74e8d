/*
 * Libraries that need each other in a diamond, one of them opened for itself too; then one with
 * RTLD_GLOBAL whose symbol another one is bound to.
 *
 * expect: {+north south> west> east> north> } {+east } {-north <north <west } {-east <east <south
 *	} {+north south> west> east> north> } {+south } PASS <north <east <west <south
 * ends: exit 0
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *north = load("north"), *east = load("east");

	unload("north", north);
	unload("east", east);
	load("north");
	load("south");
	return pass();
}
