/*
 * A fork handler of the program unloads a library before the fork.
 *
 * expect: {+a a> } {-a <a } child:0 PASS
 * ends: exit 0
 * finds: warning dlclose-in-atfork
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static void *a;

static void prepare(void)
{
	unload("a", a);
}

int main(void)
{
	a = load("a");
	pthread_atfork(prepare, NULL, NULL);
	if (!fork())
		_exit(0);
	reap();
	return pass();
}
