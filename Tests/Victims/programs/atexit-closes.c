/*
 * The program's own atexit function closes a library: an exit handler, unprotected.
 *
 * expect: {+a a> } PASS atexit {-a <a }
 * ends: exit 0
 * finds: warning dlclose-in-destructor
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void *a;

static void at_exit(void)
{
	say("atexit");
	unload("a", a);
}

int main(void)
{
	a = load("a");
	atexit(at_exit);
	return pass();
}
