/*
 * A thread calls into a library that leaves a signal handler behind, installed by sigaction. After
 * the library was unloaded the signal comes.
 *
 * expect: {+registrar } {-registrar <registrar }
 * ends: signal SEGV
 * finds: error dangling-signal-handler, error use-after-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>
#include <signal.h>

static void *use(void *registrar)
{
	call(registrar, "install_by_sigaction");
	return NULL;
}

int main(void)
{
	void *registrar = load("registrar");
	pthread_t thread;

	pthread_create(&thread, NULL, use, registrar);
	pthread_join(thread, NULL);
	unload("registrar", registrar);
	raise(SIGUSR2);
	return pass();
}
