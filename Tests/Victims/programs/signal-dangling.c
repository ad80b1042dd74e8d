/*
 * A library leaves a signal handler behind, installed by signal. The signal does not come.
 *
 * expect: {+registrar } registrar.signal {-registrar <registrar } PASS
 * ends: exit 0
 * finds: error dangling-signal-handler
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <signal.h>

int main(void)
{
	void *registrar = load("registrar");

	call(registrar, "install_by_signal");
	raise(SIGUSR1);
	unload("registrar", registrar);
	return pass();
}
