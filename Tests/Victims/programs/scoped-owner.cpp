/*
 * A C++ program owns a plugin in a local object: its destructor closes it, and is no static
 * one.
 *
 * expect: {+a a> } a.work {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <memory>

struct Closer {
	void operator()(void *handle) const
	{
		unload("a", handle);
	}
};

int main()
{
	{
		std::unique_ptr<void, Closer> plugin(load("a"));

		call(plugin.get(), "work");
	}
	return pass();
}
