/*
 * A destructor ends in a tail call of dlclose, which therefore seems to be called by the
 * loader.
 *
 * expect: {+tail {+a a> } tail> } {-tail <tail <a } PASS
 * ends: exit 0
 * finds: warning dlclose-in-destructor, note deferred-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *tail = load("tail");

	unload("tail", tail);
	return pass();
}
