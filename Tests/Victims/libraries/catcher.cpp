/*
 * Catches what libthrower throws, three frames of unwinding away.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <exception>

namespace
{
struct Guard {
	~Guard()
	{
		say("~guard");
	}
};
} // namespace

extern "C" void catch_something()
{
	void *thrower = load("thrower");

	try {
		Guard guard;

		call(thrower, "throw_something");
	} catch (const std::exception &error) {
		say("catch:%s", error.what());
	}
	unload("thrower", thrower);
}
