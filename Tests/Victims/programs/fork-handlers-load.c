/*
 * Fork handlers load and unload, in the parent and in the child.
 *
 * expect: {+a a> } {-a <a } {+b b> } {-b <b } child:0 {+b b> } {-b <b } PASS
 * ends: exit 0
 * finds: warning dlclose-in-atfork
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static void cycle(const char *name)
{
	void *handle = load(name);

	unload(name, handle);
}

static void prepare(void)
{
	cycle("a");
}

static void in_parent(void)
{
	reap();
	cycle("b");
}

static void in_child(void)
{
	cycle("b");
}

int main(void)
{
	pthread_atfork(prepare, in_parent, in_child);
	if (fork() == 0)
		_exit(0);
	return pass();
}
