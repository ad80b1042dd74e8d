/*
 * errno across the loader's calls that succeed, and what dlerror says after each kind of call.
 *
 * expect: {+a a> } errno:77 dlsym:1 errno:78 dlinfo:0 errno:79 dlclose:0 errno:80 {-a <a }
 *	errno:81 nothing errno:82 {+a a> } nothing dlsym:0 <a nothing libneither.so: cannot open
 *	shared object file: No such file or directory nothing PASS
 * ends: exit 0
 * finds: note failed-dlopen
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <link.h>

static void pending(void)
{
	const char *text = dlerror();

	say("%s", text ? text : "nothing");
}

int main(void)
{
	struct link_map *map;
	void *a;

	errno = 77;
	a = load("a");
	say("errno:%d", errno);
	errno = 78;
	say("dlsym:%d errno:%d", dlsym(a, "work") != NULL, errno);
	errno = 79;
	say("dlinfo:%d errno:%d", dlinfo(a, RTLD_DI_LINKMAP, &map), errno);
	errno = 80;
	say("dlclose:%d errno:%d", dlclose(dlopen(NULL, RTLD_NOW)), errno);
	errno = 81;
	unload("a", a);
	say("errno:%d", errno);
	errno = 82;
	pending();
	say("errno:%d", errno);
	dlopen("libabsent.so", RTLD_NOW);
	a = load("a");
	pending();
	say("dlsym:%d", dlsym(a, "absent") != NULL);
	dlclose(a);
	pending();
	dlopen("libabsent.so", RTLD_NOW);
	dlopen("libneither.so", RTLD_NOW);
	pending();
	pending();
	return pass();
}
