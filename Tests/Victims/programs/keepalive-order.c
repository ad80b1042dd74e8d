/*
 * Looks like keepalive-cycle, but the program comes back: it opens libuser anew, has
 * libkeeper close its handle, and only then closes libuser.
 *
 * expect: {+user user> {+return return> } } {-user <user } {+user user> } {-return <return
 *	} {-user <user } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *user = load("user");

	unload("user", user);
	user = load("user");
	call(user, "keeper_stop");
	unload("user", user);
	return pass();
}
