/*
 * Looks like keepalive-cycle, but the program never closes libuser, which holds libkeeper: no
 * crash.
 *
 * expect: {+user user> {+return return> } } PASS {-return <return } <user
 * ends: exit 0
 * finds: warning dlclose-in-destructor, note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	load("user");
	return pass();
}
