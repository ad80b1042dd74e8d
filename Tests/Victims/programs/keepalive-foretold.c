/*
 * The keep-alive cycle of keepalive-cycle, closed in a thread; the program ends without
 * running any destructor. The crash did not come, and is foretold.
 *
 * expect: {+user user> {+return return> } } {-user <user } PASS
 * ends: exit 0
 * finds: error keepalive-cycle, note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static void *close_user(void *user)
{
	unload("user", user);
	return NULL;
}

int main(void)
{
	void *user = load("user");
	pthread_t thread;

	pthread_create(&thread, NULL, close_user, user);
	pthread_join(thread, NULL);
	pass();
	_exit(0);
}
