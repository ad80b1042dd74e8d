/*
 * dlopen of a library that needs one that is there and one that is not: both were mapped and
 * are unmapped again without a constructor.
 *
 * expect: {+needy failed } libgone.so: cannot open shared object file: No such file or
 *	directory PASS
 * ends: exit 0
 * finds: note failed-dlopen
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	if (load_as("needy", RTLD_NOW))
		return fail("found");
	say("%s", dlerror());
	return pass();
}
