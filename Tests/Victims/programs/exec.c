/*
 * exec of itself under the same pid; the first image's library is neither finalized nor
 * unloaded.
 *
 * expect: {+a a> } {+a a> } {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(int count, char **arguments)
{
	void *a = load("a");

	if (count > 1) {
		unload("a", a);
		return pass();
	}
	execl("/proc/self/exe", arguments[0], "again", NULL);
	return fail("execl");
}
