/*
 * siginterrupt on fatal signals left at their default: the flags that sigaction tells are the
 * kernel's.
 *
 * expect: {+a a> } 0 14000000 4000000 54000000 handler:0 4000000 default:1 {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <signal.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static struct sigaction now(void)
{
	struct sigaction action;

	sigaction(SIGSEGV, NULL, &action);
	return action;
}

int main(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL, .sa_flags = SA_NODEFER };
	void *a = load("a");

	say("%x", now().sa_flags);
	siginterrupt(SIGSEGV, 0);
	say("%x", now().sa_flags);
	siginterrupt(SIGSEGV, 1);
	say("%x", now().sa_flags);
	sigaction(SIGSEGV, &action, NULL);
	siginterrupt(SIGSEGV, 0);
	say("%x", now().sa_flags);
	signal(SIGSEGV, SIG_IGN);
	siginterrupt(SIGSEGV, 1);
	say("handler:%d %x", now().sa_handler == SIG_DFL, now().sa_flags);
	say("default:%d", signal(SIGSEGV, SIG_DFL) == SIG_IGN);
	unload("a", a);
	return pass();
}
