/*
 * Children that no fork handler tells of: _Fork, and clone and syscall without CLONE_VM. Each is a
 * process of its own in the trace.
 *
 * expect: {+a a> } {-a <a } {+b b> } {-b <b } {+a a> } <a child:5 {-a <a } {+a a> } <a
 *	child:6 {-a <a } {+a a> } <a child:7 {-a <a } {+b b> } {-b <b } PASS
 * ends: exit 0
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>

static char stack[1 << 18] __attribute__((aligned(16)));
static void *a;

static int child(void *status)
{
	void *b;

	unload("a", a);
	b = load("b");
	unload("b", b);
	a = load("a");
	exit((int)(long)status);
}

static int silent_child(void *status)
{
	dlclose(a);
	a = dlopen("libq0.so", RTLD_NOW);
	_exit((int)(long)status);
}

int main(void)
{
	a = load("a");
	if (_Fork() == 0)
		child((void *)5);
	reap();
	unload("a", a);
	a = load("a");
	clone(silent_child, stack + sizeof(stack), SIGCHLD, (void *)6);
	reap();
	unload("a", a);
	a = load("a");
	if (syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) == 0)
		silent_child((void *)7);
	reap();
	unload("a", a);
	a = load("b");
	unload("b", a);
	return pass();
}
