/*
 * A forked child loads a library with RTLD_DEEPBIND.
 *
 * expect: {+top bottom> top> } {-top <top <bottom } child:0 PASS
 * ends: exit 0
 * finds: note deepbind-load
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	if (fork() == 0) {
		unload("top", load_as("top", RTLD_NOW | RTLD_DEEPBIND));
		_exit(0);
	}
	reap();
	return pass();
}
