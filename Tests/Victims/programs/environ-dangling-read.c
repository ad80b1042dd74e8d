/*
 * A thread calls into a library that puts a static string of its own into the environment, which
 * the program has grown before. After the unload getenv reads there.
 *
 * expect: {+registrar } {-registrar <registrar }
 * ends: signal SEGV
 * finds: error dangling-environ, error use-after-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static void *use(void *registrar)
{
	call(registrar, "put_static_string");
	return NULL;
}

int main(void)
{
	void *registrar = load("registrar");
	pthread_t thread;

	for (int i = 0; i < 2000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "V%d", i);
		setenv(name, "x", 1);
	}
	pthread_create(&thread, NULL, use, registrar);
	pthread_join(thread, NULL);
	unload("registrar", registrar);
	say("%s", getenv("RE") ? "found" : "none");
	return pass();
}
