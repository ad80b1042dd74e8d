/*
 * A forked child closes a library whose destructor closes another one: glibc puts that off
 * until the destructors have run.
 *
 * expect: {+nest {+a a> } nest> } {-nest <nest {-a } <a } child:0 PASS <nest {-a } <a
 * ends: exit 0
 * finds: warning dlclose-in-destructor, note deferred-unload, note dlclose-in-destructor,
 *	note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *nest = load("nest");

	if (fork() == 0) {
		unload("nest", nest);
		_exit(0);
	}
	reap();
	return pass();
}
