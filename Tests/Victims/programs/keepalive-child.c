/*
 * The keep-alive cycle of keepalive-cycle, closed in a forked child, which crashes when it
 * exits; the parent keeps libuser and does not.
 *
 * expect: {+user user> {+return return> } } {-user <user } {-return <return child:signal11
 *	PASS {-return <return } <user
 * ends: exit 0
 * finds: error keepalive-cycle, error self-unload, error use-after-unload, warning
 *	dlclose-in-destructor, note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *user = load("user");

	if (fork() == 0) {
		unload("user", user);
		exit(0);
	}
	reap();
	return pass();
}
