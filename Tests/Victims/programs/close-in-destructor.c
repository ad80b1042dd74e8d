/*
 * A plain C library opens another one in its constructor and closes it in its destructor;
 * glibc notes the inner dlclose and lets the outer one carry it out.
 *
 * expect: {+nest {+a a> } nest> } {-nest <nest {-a } <a } again {+nest {+a a> } nest> } {-nest
 *	<nest {-a } <a } PASS
 * ends: exit 0
 * finds: warning dlclose-in-destructor, note deferred-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *nest = load("nest");

	unload("nest", nest);
	say("again");
	nest = load("nest");
	unload("nest", nest);
	return pass();
}
