/*
 * Loads a library by the longest path there can be (4,095 bytes), and asks for one that is longer.
 *
 * expect: {+ a> } 4095 {+ failed } {- <a } PASS
 * ends: exit 0
 * finds: note failed-dlopen
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

enum { NAME = 200 };

static char folder[] = "/tmp/victim-XXXXXX";

static void copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT, 0700);
	struct stat status;

	if (in < 0 || out < 0 || fstat(in, &status) ||
	    sendfile(out, in, NULL, (size_t)status.st_size) != status.st_size)
		fail("copy");
	close(in);
	close(out);
}

int main(void)
{
	char path[PATH_MAX + 8], name[NAME + 1], library[PATH_MAX];
	void *a = dlopen("liba.so", RTLD_LAZY | RTLD_NOLOAD), *handle;
	struct link_map *map = NULL;
	size_t length;
	int depth = 0;

	/* Where liba.so lies: beside this program. */
	if (a || readlink("/proc/self/exe", library, sizeof(library)) < 0)
		fail("self");
	strcpy(strrchr(library, '/'), "/liba.so");
	if (!mkdtemp(folder) || chdir(folder))
		fail("folder");
	length = (size_t)sprintf(path, "%s", folder);
	memset(name, 'n', NAME);
	name[NAME] = 0;
	for (; length + 1 + NAME + 2 < PATH_MAX - 1; depth++) {
		if (mkdir(name, 0700) || chdir(name))
			fail("mkdir");
		length += (size_t)sprintf(path + length, "/%s", name);
	}
	/* The file's own name fills it up. */
	memset(name, 'l', NAME);
	name[PATH_MAX - 1 - length - 1] = 0;
	copy(library, name);
	length += (size_t)sprintf(path + length, "/%s", name);

	say("{+");
	handle = dlopen(path, RTLD_NOW);
	if (!handle || dlinfo(handle, RTLD_DI_LINKMAP, &map))
		fail(dlerror());
	say("} %zu", strlen(map->l_name));
	strcat(path, "x");
	say("{+");
	if (dlopen(path, RTLD_NOW))
		fail("longer than the longest");
	say("failed }");
	say("{-");
	dlclose(handle);
	say("}");

	unlink(name);
	memset(name, 'n', NAME);
	name[NAME] = 0;
	for (; depth; depth--)
		if (chdir("..") || rmdir(name))
			fail("rmdir");
	rmdir(folder);
	return pass();
}
