/*
 * A C++ library with an inline variable is closed and stays until exit.
 *
 * expect: {+unique } unique.count:1 {-unique } PASS <unique
 * ends: exit 0
 * finds: note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *unique = load("unique");

	call(unique, "use_count");
	unload("unique", unique);
	return pass();
}
