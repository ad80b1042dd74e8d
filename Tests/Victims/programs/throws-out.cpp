/*
 * Exceptions leave a constructor through dlopen, a destructor's call through dlclose of another
 * library, and are caught in the program.
 *
 * expect: {+actor actor> throw ~guard catch:begin {+a a> } {-a <a } {+extra extra> throw ~guard
 *	catch:begin PASS <actor <extra
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <stdexcept>

namespace
{
struct Guard {
	~Guard()
	{
		say("~guard");
	}
};

void try_to_load(const char *name)
{
	try {
		Guard guard;

		load(name);
	} catch (const std::exception &error) {
		say("catch:%s", error.what());
	}
}
} // namespace

extern "C" void begin_actor(const char *)
{
	say("throw");
	throw std::runtime_error("begin");
}

int main()
{
	void *a;

	try_to_load("actor");
	a = load("a");
	unload("a", a);
	try_to_load("extra");
	return pass();
}
