/*
 * quick_exit: at_quick_exit functions run, no destructor does.
 *
 * expect: {+handlers } PASS main.quick handlers.quick
 * ends: exit 11
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void at_quick(void)
{
	say("main.quick");
}

int main(void)
{
	void *handlers = load("handlers");

	call(handlers, "register_quick");
	at_quick_exit(at_quick);
	pass();
	quick_exit(11);
}
