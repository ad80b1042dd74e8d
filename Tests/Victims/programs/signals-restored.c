/*
 * A library puts back what it found, in every way there is, and one handler of its was there for
 * one signal alone. What sigaction says of them is what the program made of them.
 *
 * expect: {+registrar } registrar.signal {-registrar <registrar } USR1:default USR2:ignored
 *	HUP:ignored URG:default SEGV:default PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <signal.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations" /* sigset, sigignore */

static void tell(const char *name, int number)
{
	struct sigaction now;
	const char *what = "handler";

	sigaction(number, NULL, &now);
	if (now.sa_handler == SIG_DFL)
		what = "default";
	else if (now.sa_handler == SIG_IGN)
		what = "ignored";
	say("%s:%s", name, what);
}

static void ours(int number)
{
	(void)number;
}

int main(void)
{
	struct sigaction action = { .sa_handler = ours, .sa_flags = SA_RESTART }, before;
	struct sigaction *volatile both = &action; /* as many a program calls it */
	void *registrar = load("registrar");

	sigignore(SIGUSR2);
	call(registrar, "install_well");
	call(registrar, "install_once");
	raise(SIGURG);
	unload("registrar", registrar);

	sigaction(SIGSEGV, &action, &before);
	if (before.sa_handler != SIG_DFL || before.sa_flags)
		fail("before");
	action.sa_handler = SIG_DFL;
	sigaction(SIGSEGV, both, both);
	if (action.sa_handler != ours || !(action.sa_flags & SA_RESTART))
		fail("handler");
	tell("USR1", SIGUSR1);
	tell("USR2", SIGUSR2);
	tell("HUP", SIGHUP);
	tell("URG", SIGURG);
	tell("SEGV", SIGSEGV);
	return pass();
}
