/*
 * Has a thread_local object, whose pending destructor keeps the library loaded after dlclose.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

namespace
{
struct PerThread {
	int uses = 0;

	~PerThread()
	{
		say("~thread");
	}
};

thread_local PerThread per_thread;
} // namespace

extern "C" void use_thread_local()
{
	per_thread.uses++;
	say("use");
}

__attribute__((destructor)) static void finish()
{
	say("<perthread");
}
