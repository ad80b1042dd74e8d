/*
 * A library leaves a signal handler behind. That a vfork child, which shares the memory, put the
 * defaults back for itself before, is none of the parent's.
 *
 * expect: {+registrar } child:0 flags:0 {-registrar <registrar } PASS
 * ends: exit 0
 * finds: error dangling-signal-handler
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <signal.h>

int main(void)
{
	struct sigaction restored = { .sa_handler = SIG_DFL, .sa_flags = SA_RESTART }, now;
	void *registrar = load("registrar");

	call(registrar, "install_by_signal");
	if (!vfork()) {
		sigaction(SIGUSR1, &restored, NULL);
		sigaction(SIGSEGV, &restored, NULL);
		_exit(0);
	}
	reap();
	sigaction(SIGSEGV, NULL, &now);
	say("flags:%d", now.sa_flags);
	unload("registrar", registrar);
	return pass();
}
