/*
 * Signal dispositions are as the program set them: the default at start, an inherited SIG_IGN
 * after exec, flags and mask as asked for, by sigaction and signal.
 *
 * expect: default:0:0 default:10000000:1 default own:10000000:0 own default:10000000:0
 *	default:0:0 default:10000000:1 default own:10000000:0 own default:10000000:0 default:0:0
 *	default:10000000:1 default own:10000000:0 own default:10000000:0 default:0:0
 *	default:10000000:1 default own:10000000:0 own default:10000000:0 default:0:0
 *	default:10000000:1 default own:10000000:0 own default:10000000:0 default:0:0
 *	default:10000000:1 default own:10000000:0 own default:10000000:0 default:0:0
 *	default:10000000:1 default own:10000000:0 own default:10000000:0 default:0:0
 *	default:10000000:1 default own:10000000:0 own default:10000000:0 1 ignored:1 PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <signal.h>

static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGUSR1 };

static void own(int number)
{
	(void)number;
}

static void show(int number)
{
	struct sigaction found;

	if (sigaction(number, NULL, &found))
		fail("sigaction");
	say("%s:%x:%d",
	    found.sa_handler == SIG_DFL ? "default"
	    : found.sa_handler == own	? "own"
					: "?",
	    (unsigned)found.sa_flags & ~0x04000000u, sigismember(&found.sa_mask, SIGUSR2));
}

int main(int count, char **arguments)
{
	for (int i = 0; i < 8 && count == 1; i++) {
		struct sigaction action = { .sa_handler = SIG_DFL, .sa_flags = SA_RESTART };
		int number = numbers[i];

		show(number);
		sigaddset(&action.sa_mask, SIGUSR2);
		sigaction(number, &action, NULL);
		show(number);
		say(signal(number, own) == SIG_DFL ? "default" : "?");
		show(number);
		say(signal(number, SIG_DFL) == own ? "own" : "?");
		show(number);
		say("\n");
	}
	if (count > 1) {
		say("ignored:%d", signal(SIGSEGV, SIG_DFL) == SIG_IGN);
		return pass();
	}
	say("%d", signal(SIGKILL, own) == SIG_ERR);
	signal(SIGSEGV, SIG_IGN);
	execl("/proc/self/exe", arguments[0], "again", NULL);
	return fail("exec");
}
