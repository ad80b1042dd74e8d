/*
 * dlopen of what is not there: the text, its being pending, and errno are as without a tracer.
 *
 * expect: {+nowhere failed } errno:4711 libnowhere.so: cannot open shared object file: No such
 *	file or directory no text PASS
 * ends: exit 0
 * finds: note failed-dlopen
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	const char *text;

	errno = 4711;
	if (load_as("nowhere", RTLD_NOW))
		return fail("found");
	say("errno:%d", errno);
	text = dlerror();
	say("%s", text ? text : "no text");
	text = dlerror();
	say("%s", text ? text : "no text");
	return pass();
}
