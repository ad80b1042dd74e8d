/*
 * Looks like churn, but a handle is held all the time: the library is loaded once.
 *
 * expect: PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *held = dlopen("libq0.so", RTLD_NOW);

	for (int i = 0; i < 20; i++)
		if (dlclose(dlopen("libq0.so", RTLD_NOW)))
			return fail(dlerror());
	dlclose(held);
	return pass();
}
