/*
 * atexit and on_exit of the program and of a library that stays: order and status.
 *
 * expect: {+handlers } PASS handlers.on_exit:9 main.on_exit:9x handlers.atexit main.atexit
 *	<main <handlers
 * ends: exit 9
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void at_exit(void)
{
	say("main.atexit");
}

static void when_exiting(int status, void *argument)
{
	say("main.on_exit:%d%s", status, (char *)argument);
}

__attribute__((destructor)) static void finish(void)
{
	say("<main");
}

int main(void)
{
	void *handlers = load("handlers");

	atexit(at_exit);
	call(handlers, "register_atexit");
	on_exit(when_exiting, (void *)"x");
	call(handlers, "register_on_exit");
	pass();
	return 9;
}
