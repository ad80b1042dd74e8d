/*
 * Needs libregistry, enters itself there, and does not leave when it is unloaded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

void registry_add(void (*function)(void));

static void member_work(void)
{
	say("member.work");
}

__attribute__((constructor)) static void begin(void)
{
	registry_add(member_work);
}

__attribute__((destructor)) static void finish(void)
{
	say("<member");
}
