/*
 * Fork handlers of the program and of a library: the prepare handlers run backwards, the others
 * forwards. One that is registered by another one is not called for this fork.
 *
 * expect: {+registrar } last.prepare registrar.prepare first.prepare first.child registrar.child
 *	child:0 first.parent registrar.parent last.parent PASS <registrar
 * ends: exit 0
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static void first_prepare(void)
{
	say("first.prepare");
}

static void first_parent(void)
{
	reap(); /* the child's handlers tell first */
	say("first.parent");
}

static void first_child(void)
{
	say("first.child");
}

static void late(void)
{
	say("late");
}

static void last_prepare(void)
{
	say("last.prepare");
	pthread_atfork(late, late, late);
}

static void last_parent(void)
{
	say("last.parent");
}

int main(void)
{
	void *registrar;

	pthread_atfork(first_prepare, first_parent, first_child);
	registrar = load("registrar");
	call(registrar, "register_atfork");
	pthread_atfork(last_prepare, last_parent, NULL);
	if (!fork())
		_exit(0);
	return pass();
}
