/*
 * exit called again, in an exit handler and in a destructor: the rest still runs, and the last
 * status counts.
 *
 * expect: {+actor actor> } first second <actor
 * ends: exit 4
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

void end_actor(const char *name);
void end_actor(const char *name)
{
	(void)name;
	if (dlopen("libq0.so", RTLD_NOW | RTLD_NOLOAD))
		fail("libq0");
}

static void second(void)
{
	say("second");
	exit(4);
}

static void first(void)
{
	say("first");
	exit(3);
}

int main(void)
{
	load("actor");
	atexit(second);
	atexit(first);
	return 2;
}
