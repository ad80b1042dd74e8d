/*
 * _exit in an exit handler, in a child: nothing after it runs. quick_exit in one, in another.
 *
 * expect: {+a a> } handler child:5 handler quick child:6 PASS <a
 * ends: exit 0
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static int way;

static void handle(void)
{
	if (!way)
		return;
	say("handler");
	if (way == 1)
		_exit(5);
	quick_exit(6);
}

static void handle_quick(void)
{
	say("quick");
}

int main(void)
{
	load("a");
	atexit(handle);
	at_quick_exit(handle_quick);
	for (int i = 1; i < 3; i++) {
		if (fork() == 0) {
			way = i;
			exit(1);
		}
		reap();
	}
	return pass();
}
