/*
 * Looks like keepalive-cycle, but libkeeper was opened with RTLD_NODELETE: it can't be
 * unloaded, whoever uses it.
 *
 * expect: {+keeper } {+user user> {+return return> } } {-user <user } {-keeper } PASS
 *	{-return <return }
 * ends: exit 0
 * finds: warning dlclose-in-destructor, note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *keeper = load_as("keeper", RTLD_NOW | RTLD_NODELETE);
	void *user = load("user");

	unload("user", user);
	unload("keeper", keeper);
	return pass();
}
