/*
 * Has functions of its own under names of the C library: the tracer must not call them.
 *
 * expect: {+a a> } {-a <a } calls:0 PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static int calls;

#define OWN(name)          \
	long name(void);   \
	long name(void)    \
	{                  \
		calls++;   \
		return -1; \
	}
OWN(writev)
OWN(poll)
OWN(mprotect)
OWN(madvise)
OWN(fstat)
OWN(getrandom)

int main(void)
{
	void *a = load("a");

	unload("a", a);
	say("calls:%d", calls);
	return pass();
}
