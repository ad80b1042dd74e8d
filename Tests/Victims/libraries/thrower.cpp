/*
 * Throws, for libcatcher.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <stdexcept>

extern "C" void throw_something()
{
	say("throw");
	throw std::runtime_error("something");
}
