/*
 * A C++ plugin is closed while its std::thread works in it.
 *
 * expect: {+crew } {-crew <crew } PASS
 * ends: exit 0
 * finds: error thread-in-unloaded-library
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main()
{
	void *crew = load("crew");

	call(crew, "start");
	until_others_block();
	unload("crew", crew);
	_exit(pass());
}
