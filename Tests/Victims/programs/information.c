/*
 * What dlinfo, dladdr, dladdr1 and dl_iterate_phdr tell of a loaded library, and that the loader's
 * counts go up and down by it.
 *
 * expect: {+top bottom> top> } map:1 lmid:0 origin:1 serinfo:1 tls:0 handle:1 phdr:1 address:1
 *	symbol:1 entry:1 adds:2 subs:0 {-top <top <bottom } adds:2 subs:2 PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <limits.h>
#include <link.h>

static unsigned long long adds, subs;

static int count(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	adds = info->dlpi_adds;
	subs = info->dlpi_subs;
	return 1;
}

static int ends_in(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return slash && !strcmp(slash + 1, name);
}

static int has_dynamic(const struct link_map *map, const ElfW(Phdr) * *headers, int count)
{
	for (int i = 0; i < count; i++)
		if ((*headers)[i].p_type == PT_DYNAMIC)
			return map->l_addr + (*headers)[i].p_vaddr == (ElfW(Addr))map->l_ld;
	return 0;
}

int main(void)
{
	unsigned long long adds_before, subs_before;
	char origin[PATH_MAX] = "", own[PATH_MAX] = "";
	struct link_map *map = NULL, *other = NULL;
	const ElfW(Sym) *entry = NULL;
	const ElfW(Phdr) *headers = NULL;
	Dl_serinfo size = { 0 }, *search;
	size_t module = 1;
	Lmid_t lmid = -1;
	Dl_info info;
	void *top;

	dl_iterate_phdr(count, NULL);
	adds_before = adds, subs_before = subs;
	top = load("top");
	dlinfo(top, RTLD_DI_LINKMAP, &map);
	say("map:%d", ends_in(map->l_name, "libtop.so"));
	dlinfo(top, RTLD_DI_LMID, &lmid);
	say("lmid:%ld", (long)lmid);
	dlinfo(top, RTLD_DI_ORIGIN, origin);
	if (readlink("/proc/self/exe", own, sizeof(own) - 1) > 0)
		*strrchr(own, '/') = 0;
	say("origin:%d", !strcmp(origin, own));
	dlinfo(top, RTLD_DI_SERINFOSIZE, &size);
	search = malloc(size.dls_size);
	dlinfo(top, RTLD_DI_SERINFOSIZE, search);
	dlinfo(top, RTLD_DI_SERINFO, search);
	say("serinfo:%d", search->dls_cnt > 0 && !strcmp(search->dls_serpath[0].dls_name, own));
	free(search);
	dlinfo(top, RTLD_DI_TLS_MODID, &module);
	say("tls:%d", (int)module);
	say("handle:%d", (void *)map == top);
	say("phdr:%d", has_dynamic(map, &headers, dlinfo(top, RTLD_DI_PHDR, &headers)));
	say("address:%d",
	    dladdr((void *)find(top, "work"), &info) && ends_in(info.dli_fname, "libtop.so"));
	say("symbol:%d", info.dli_sname && !strcmp(info.dli_sname, "work"));
	say("entry:%d",
	    dladdr1((void *)find(top, "work"), &info, (void **)&entry, RTLD_DL_SYMENT) &&
		    entry->st_size > 0 &&
		    dladdr1((void *)find(top, "work"), &info, (void **)&other, RTLD_DL_LINKMAP) &&
		    other == map);
	for (int i = 0; i < 2; i++) {
		dl_iterate_phdr(count, NULL);
		say("adds:%d subs:%d", (int)(adds - adds_before), (int)(subs - subs_before));
		if (!i)
			unload("top", top);
	}
	return pass();
}
