/*
 * Recovers from faults in its own SIGSEGV handlers of every form: signal, SA_SIGINFO, an
 * alternate stack, SA_RESETHAND, and a stack overflow.
 *
 * expect: {+a a> } recovered:signal code:1 nowhere:1 alternate:0 recovered:sigaction
 *	code:1 nowhere:1 alternate:1 recovered:alternate code:1 nowhere:0 alternate:1
 *	recovered:overflow code:1 nowhere:1 alternate:0 recovered:reset default:1 {-a <a }
 *	PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf before;
static char stack[65536];
static int *volatile nowhere = (int *)8;

static void plain(int number)
{
	siglongjmp(before, number);
}

static void informed(int number, siginfo_t *information, void *context)
{
	char *here = (char *)&information;

	(void)context;
	say("code:%d nowhere:%d alternate:%d", information->si_code,
	    information->si_addr == (void *)nowhere, here > stack && here < stack + sizeof(stack));
	siglongjmp(before, number);
}

static int overflow(volatile int depth)
{
	volatile char page[4096];

	page[0] = (char)depth;
	return depth < 1 << 30 ? overflow(depth + 1) + page[0] : 0;
}

static void fault(const char *what, int flags, int deep)
{
	struct sigaction action = { .sa_sigaction = informed, .sa_flags = SA_SIGINFO | flags };

	if (flags != -1)
		sigaction(SIGSEGV, &action, NULL);
	if (sigsetjmp(before, 1) == 0)
		*nowhere = deep ? overflow(0) : 1;
	say("recovered:%s", what);
}

int main(void)
{
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	void *a = load("a");

	signal(SIGSEGV, plain);
	fault("signal", -1, 0);
	fault("sigaction", SA_RESTART, 0);
	sigaltstack(&alternate, NULL);
	fault("alternate", SA_ONSTACK | SA_NODEFER, 0);
	fault("overflow", SA_ONSTACK, 1);
	fault("reset", SA_RESETHAND, 0);
	say("default:%d", signal(SIGSEGV, SIG_DFL) == SIG_DFL);
	unload("a", a);
	return pass();
}
