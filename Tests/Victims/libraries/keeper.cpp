/*
 * The middle of a keep-alive cycle: opens libreturn, which needs this library, and closes it in the
 * destructor of a static object.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

namespace
{
struct Keeper {
	void *handle = nullptr;

	~Keeper()
	{
		if (handle)
			unload("return", handle);
	}
};

Keeper keeper;
} // namespace

extern "C" void keeper_start()
{
	if (!keeper.handle)
		keeper.handle = load("return");
}

extern "C" void keeper_stop()
{
	unload("return", keeper.handle);
	keeper.handle = nullptr;
}
