/*
 * dlclose(dlopen(NULL)): the program's own handle, closed again.
 *
 * expect: opened closed:0 closed:0 PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *program = dlopen(NULL, RTLD_NOW);

	say(program ? "opened" : "failed");
	say("closed:%d", dlclose(program));
	say("closed:%d", dlclose(dlopen(NULL, RTLD_LAZY)));
	return pass();
}
