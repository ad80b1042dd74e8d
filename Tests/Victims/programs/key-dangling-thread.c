/*
 * An allocator's way to crash: a thread has a value for a key, the library with the key's
 * destructor is unloaded by another thread, then the thread ends.
 *
 * expect: {+registrar } {-registrar <registrar }
 * ends: signal SEGV
 * finds: error dangling-tls-key, error use-after-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static pthread_barrier_t step;
static void *registrar;

static void *use(void *unused)
{
	(void)unused;
	call(registrar, "use_key");
	pthread_barrier_wait(&step);
	pthread_barrier_wait(&step);
	return NULL;
}

int main(void)
{
	pthread_t thread;

	pthread_barrier_init(&step, NULL, 2);
	registrar = load("registrar");
	call(registrar, "make_key");
	pthread_create(&thread, NULL, use, NULL);
	pthread_barrier_wait(&step);
	unload("registrar", registrar);
	pthread_barrier_wait(&step);
	pthread_join(thread, NULL);
	return pass();
}
