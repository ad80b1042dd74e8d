/*
 * Has a static object, and a function that uses it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

namespace
{
struct Cache {
	int *values = new int[4]();

	~Cache()
	{
		delete[] values;
		values = nullptr;
		say("~cache");
	}
};

Cache cache;
} // namespace

extern "C" int cache_get()
{
	return cache.values[0];
}
