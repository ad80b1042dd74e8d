/*
 * thread_local destructors that load and unload, at the end of a thread and of main, and one that
 * makes another thread_local.
 *
 * expect: {+a a> } work ~thread {-a <a } ~late joined {+a a> } work PASS ~thread {-a <a } ~late
 * ends: exit 0
 * finds: warning dlclose-in-destructor
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <thread>

namespace
{
struct Late {
	bool used = false;

	~Late()
	{
		say("~late");
	}
};
thread_local Late late;

struct Closer {
	void *handle = nullptr;

	~Closer()
	{
		say("~thread");
		late.used = true;
		unload("a", handle);
	}
};
thread_local Closer closer;

void work()
{
	closer.handle = load("a");
	say("work");
}
} // namespace

int main()
{
	std::thread(work).join();
	say("joined");
	work();
	return pass();
}
