/*
 * Four threads load and unload at once, each its own library and all of them one in common.
 *
 * expect: PASS
 * ends: exit 0
 * finds: note load-churn
 * order: any
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static void *churn(void *name)
{
	for (int i = 0; i < 50; i++) {
		void *own = dlopen(name, RTLD_NOW);
		void *common = dlopen("libq0.so", RTLD_NOW);

		if (!own || !common)
			fail(dlerror());
		call(own, "work");
		if (dlclose(common) || dlclose(own))
			fail(dlerror());
	}
	return NULL;
}

int main(void)
{
	static char names[4][16] = { "libq1.so", "libq2.so", "libq3.so", "libq4.so" };
	pthread_t threads[4];
	void *common = dlopen("libq0.so", RTLD_NOW); /* so that the threads only count it */

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, churn, names[i]);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	dlclose(common);
	return pass();
}
