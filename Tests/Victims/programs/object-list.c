/*
 * dl_iterate_phdr and the loader's list of objects: in their order, with their counts, those of
 * the program and libdltrace.so, nothing else.
 *
 * expect: - libc.so.6 ld-linux-x86-64.so.2 {+top bottom> top> } {+b b> } - libc.so.6
 *	ld-linux-x86-64.so.2 libtop.so libbottom.so libb.so {-top <top <bottom } {-b <b } -
 *	libc.so.6 ld-linux-x86-64.so.2 added:3 removed:3 - libc.so.6 ld-linux-x86-64.so.2 PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <link.h>

static void show(const char *name)
{
	const char *slash = strrchr(name, '/');

	if (!strstr(name, "libdltrace.so") && !strstr(name, "vdso"))
		say("%s", slash ? slash + 1 : *name ? name : "-");
}

static int visit(struct dl_phdr_info *info, size_t size, void *counts)
{
	(void)size;
	show(info->dlpi_name);
	((unsigned long long *)counts)[0] = info->dlpi_adds;
	((unsigned long long *)counts)[1] = info->dlpi_subs;
	return 0;
}

int main(void)
{
	unsigned long long before[2], loaded[2], after[2];
	void *top, *b;

	dl_iterate_phdr(visit, before);
	top = load("top");
	b = load("b");
	dl_iterate_phdr(visit, loaded);
	unload("top", top);
	unload("b", b);
	dl_iterate_phdr(visit, after);
	say("added:%llu removed:%llu", loaded[0] - before[0], after[1] - before[1]);
	for (struct link_map *map = _r_debug.r_map; map; map = map->l_next)
		show(map->l_name);
	return pass();
}
