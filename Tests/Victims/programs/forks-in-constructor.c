/*
 * A constructor forks; the child returns from the dlopen, unloads and exits. Its destructor forks
 * too.
 *
 * expect: {+actor actor> } {-actor child:0 <actor } child child:0 } {-actor child:0 <actor }
 *	PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static int is_child;

void begin_actor(const char *name);
void begin_actor(const char *name)
{
	(void)name;
	if (fork() == 0)
		is_child = 1;
	else
		reap();
}

void end_actor(const char *name);
void end_actor(const char *name)
{
	(void)name;
	if (fork() == 0)
		_exit(0);
	reap();
}

int main(void)
{
	void *actor = load("actor");

	unload("actor", actor);
	if (is_child) {
		say("child");
		return 0;
	}
	return pass();
}
