/*
 * A C++ program owns a plugin in a static object of its own, whose destructor closes it at
 * exit.
 *
 * expect: {+a a> } a.work PASS {-a <a }
 * ends: exit 0
 * finds: warning dlclose-in-destructor
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

namespace
{
struct Plugin {
	void *handle = nullptr;

	~Plugin()
	{
		if (handle)
			unload("a", handle);
	}
};

Plugin plugin;
} // namespace

int main()
{
	plugin.handle = load("a");
	call(plugin.handle, "work");
	return pass();
}
