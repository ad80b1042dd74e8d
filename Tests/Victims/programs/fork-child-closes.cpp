/*
 * An object of the program has a fork handler that unloads its library in the child.
 *
 * expect: {+a a> } {-a <a } child:0 {-a <a } PASS
 * ends: exit 0
 * finds: warning dlclose-in-atfork
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

namespace
{
class Plugin
{
      public:
	Plugin() : handle(load("a"))
	{
		pthread_atfork(nullptr, nullptr, [] { instance().close(); });
	}

	void close()
	{
		unload("a", handle);
	}

	static Plugin &instance()
	{
		static Plugin plugin;
		return plugin;
	}

      private:
	void *handle;
};
} // namespace

int main()
{
	Plugin::instance();
	if (!fork())
		_exit(0);
	reap();
	Plugin::instance().close();
	return pass();
}
