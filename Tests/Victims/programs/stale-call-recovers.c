/*
 * Calls a stale function pointer under a SIGSEGV handler of its own, which recovers: the
 * program's handler must run as before, and nothing fatal happened.
 *
 * expect: {+a a> } {-a <a } recovered mine PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf before;

static void recover(int number, siginfo_t *information, void *context)
{
	(void)information;
	(void)context;
	siglongjmp(before, number);
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = recover, .sa_flags = SA_SIGINFO };
	void *a = load("a");
	victim_function work = find(a, "work");
	struct sigaction found;

	sigaction(SIGSEGV, &action, NULL);
	unload("a", a);
	if (sigsetjmp(before, 1) == 0)
		work();
	else
		say("recovered");
	sigaction(SIGSEGV, NULL, &found);
	say(found.sa_sigaction == recover ? "mine" : "changed");
	return pass();
}
