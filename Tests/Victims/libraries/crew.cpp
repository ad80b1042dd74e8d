/*
 * A C++ plugin whose thread is a std::thread: its start routine lies in libstdc++, only its stack
 * tells where it works.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace
{
struct Crew {
	std::mutex mutex;
	std::condition_variable changed;
	bool works = false, stopped = false;
	std::thread thread;

	void work()
	{
		std::unique_lock<std::mutex> lock(mutex);
		works = true;
		changed.notify_all();
		changed.wait(lock, [this] { return stopped; });
	}
};

/* Outlives the library. */
Crew &crew()
{
	static Crew *const crew = new Crew;
	return *crew;
}
} // namespace

extern "C" void start()
{
	std::unique_lock<std::mutex> lock(crew().mutex);
	crew().thread = std::thread([] { crew().work(); });
	crew().changed.wait(lock, [] { return crew().works; });
}

extern "C" void stop()
{
	{
		std::lock_guard<std::mutex> lock(crew().mutex);
		crew().stopped = true;
	}
	crew().changed.notify_all();
	crew().thread.join();
}

__attribute__((destructor)) static void finish()
{
	say("<crew");
}
