/*
 * Does in its constructor and destructor what the program says: it calls begin_actor and
 * end_actor there, if the program has them. -DNAME names it, so that many can be built.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

__attribute__((weak)) void begin_actor(const char *name);
__attribute__((weak)) void end_actor(const char *name);

__attribute__((constructor)) static void begin(void)
{
	say("%s>", NAME);
	if (begin_actor)
		begin_actor(NAME);
}

__attribute__((destructor)) static void finish(void)
{
	if (end_actor)
		end_actor(NAME);
	say("<%s", NAME);
}

void work(void);
void work(void)
{
	say("%s.work", NAME);
}
