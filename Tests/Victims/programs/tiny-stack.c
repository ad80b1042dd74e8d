/*
 * Loads and unloads in threads with little stack, down to PTHREAD_STACK_MIN.
 *
 * expect: fits fits fits fits fits PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <limits.h>
#include <pthread.h>

static void *work(void *unused)
{
	void *q0 = dlopen("libq0.so", RTLD_NOW);

	(void)unused;
	if (write(STDOUT_FILENO, q0 && !dlclose(q0) ? "fits " : "fail ", 5) != 5)
		_exit(125);
	return NULL;
}

int main(void)
{
	const size_t sizes[] = { 65536, 32768, 24576, 20480, PTHREAD_STACK_MIN };
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	for (int i = 0; i < 5; i++) {
		if (pthread_attr_setstacksize(&attributes, sizes[i]))
			return fail("pthread_attr_setstacksize");
		if (pthread_create(&thread, &attributes, work, NULL))
			return fail("pthread_create");
		pthread_join(thread, NULL);
	}
	return pass();
}
