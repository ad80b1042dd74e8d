/*
 * One class, inline, in several libraries, each with a static object of it: the first library that
 * is loaded for all (RTLD_GLOBAL) gives its destructor to the others' objects.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

struct Holder {
	const char *name;

	explicit Holder(const char *owner) : name(owner)
	{
		say("%s>", name);
	}

	__attribute__((noinline)) ~Holder()
	{
		say("<%s", name);
	}
};

static Holder holder(NAME);
