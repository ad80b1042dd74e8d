/*
 * A keep-alive cycle: libuser needs libkeeper, which opens libreturn, which needs libkeeper.
 * Once the program has closed libuser, libkeeper lives through libreturn alone; at exit its
 * static destructor closes libreturn, which unloads libkeeper itself, and the call returns
 * into nothing.
 *
 * expect: {+user user> {+return return> } } {-user <user } PASS {-return <return
 * ends: signal SEGV
 * finds: error keepalive-cycle, error self-unload, error use-after-unload,
 *	warning dlclose-in-destructor
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *user = load("user");

	unload("user", user);
	return pass();
}
