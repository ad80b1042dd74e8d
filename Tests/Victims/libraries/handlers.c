/*
 * Registers what exit runs, from within a library. glibc runs the atexit function at dlclose
 * already (it has the library's dso_handle), the on_exit one at exit only: so nobody may close it
 * before.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void at_exit(void)
{
	say("handlers.atexit");
}

static void at_quick_exit_here(void)
{
	say("handlers.quick");
}

static void when_exiting(int status, void *argument)
{
	(void)argument;
	say("handlers.on_exit:%d", status);
}

void register_atexit(void);
void register_atexit(void)
{
	atexit(at_exit);
}

void register_quick(void);
void register_quick(void)
{
	at_quick_exit(at_quick_exit_here);
}

void register_on_exit(void);
void register_on_exit(void)
{
	on_exit(when_exiting, NULL);
}

__attribute__((destructor)) static void finish(void)
{
	say("<handlers");
}
