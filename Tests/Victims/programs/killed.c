/*
 * Kills itself with SIGKILL while a library is open.
 *
 * expect: {+b b> } {-b <b } {+a a> } PASS
 * ends: signal KILL
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <signal.h>

int main(void)
{
	void *b = load("b");

	unload("b", b);
	load("a");
	pass();
	raise(SIGKILL);
	return fail("alive");
}
