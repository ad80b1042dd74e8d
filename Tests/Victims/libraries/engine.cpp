/*
 * Keeps a handle to a second library in a static object, as TensorRT's issue 4617 has it. REPAIR
 * chooses what the destructor does about it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#define REPAIR_NONE 0  /* the static object's destructor closes the handle */
#define REPAIR_OWNER 1 /* counted users; the last one's release closes it, before any destructor */
#define REPAIR_DESTRUCTOR 2 /* an attribute destructor in place of the static object's */
#define REPAIR_NODELETE 3   /* the second library is opened with RTLD_NODELETE */
#define REPAIR_LEAK 4	    /* the handle is never closed */

namespace
{
struct Resources {
	void *handle = nullptr;
	int users = 0;

	void acquire()
	{
		int flags = RTLD_NOW | (REPAIR == REPAIR_NODELETE ? RTLD_NODELETE : 0);

		if (users++ == 0 && !handle)
			handle = load_as("resources", flags);
	}

	void close()
	{
		if (handle)
			unload("resources", handle);
		handle = nullptr;
	}

#if REPAIR == REPAIR_NONE || REPAIR == REPAIR_NODELETE
	~Resources()
	{
		close();
	}
#endif
};

Resources resources;
} // namespace

#if REPAIR == REPAIR_DESTRUCTOR
__attribute__((destructor)) static void close_resources()
{
	resources.close();
}
#endif

extern "C" void engine_build()
{
	resources.acquire();
	say("engine.build");
}

#if REPAIR == REPAIR_OWNER
extern "C" void engine_release()
{
	if (--resources.users == 0)
		resources.close();
}
#endif
