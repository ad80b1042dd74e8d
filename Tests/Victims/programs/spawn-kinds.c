/*
 * Children of every kind: posix_spawn, vfork that exits, dies or fails to exec, clone with
 * CLONE_VM and CLONE_VFORK.
 *
 * expect: {+a a> } {+a a> } <a child:3 spawn:2 {+a a> } <a child:3 child:6 child:7
 *	child:signal11 {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <sched.h>
#include <signal.h>
#include <spawn.h>

extern char **environ;
static char stack[1 << 18] __attribute__((aligned(16)));

static int run_again(void *name)
{
	execl("/proc/self/exe", name, "again", NULL);
	_exit(5);
}

int main(int count, char **arguments)
{
	char *again[] = { arguments[0], "again", NULL };
	void *a = load("a");
	pid_t pid;

	if (count > 1)
		return dlclose(a) + 3;
	posix_spawn(&pid, "/proc/self/exe", NULL, NULL, again, environ);
	reap();
	say("spawn:%d", posix_spawn(&pid, "/absent", NULL, NULL, again, environ));
	clone(run_again, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, arguments[0]);
	reap();
	if (vfork() == 0)
		_exit(6);
	reap();
	if (vfork() == 0) {
		execl("/absent", "absent", NULL);
		_exit(7);
	}
	reap();
	if (vfork() == 0)
		kill(getpid(), SIGSEGV);
	reap();
	unload("a", a);
	return pass();
}
