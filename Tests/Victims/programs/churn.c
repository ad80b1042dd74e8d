/*
 * Loads and unloads a library ten times.
 *
 * expect: PASS
 * ends: exit 0
 * finds: note load-churn
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	for (int i = 0; i < 10; i++)
		if (dlclose(dlopen("libq0.so", RTLD_NOW)))
			return fail(dlerror());
	return pass();
}
