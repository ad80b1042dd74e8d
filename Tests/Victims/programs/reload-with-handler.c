/*
 * A thread of a forked child loads a library anew that left a signal handler.
 *
 * expect: {+registrar } {-registrar <registrar } {+registrar } {-registrar <registrar }
 *	child:0 PASS
 * ends: exit 0
 * finds: error dangling-signal-handler, warning generation-mismatch
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static void *reload(void *unused)
{
	void *registrar = load("registrar");

	call(registrar, "install_by_sigaction");
	unload("registrar", registrar);
	unload("registrar", load("registrar"));
	return unused;
}

int main(void)
{
	pthread_t thread;

	if (fork() == 0) {
		pthread_create(&thread, NULL, reload, NULL);
		pthread_join(thread, NULL);
		_exit(0);
	}
	reap();
	return pass();
}
