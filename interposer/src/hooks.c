/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the functions behind the hooks; see hooks.h. */
#include "hooks.h"

#include <link.h>
#include <string.h>

#include "elf_object.h"

struct dlt_real dlt_real;

static int visit_libc(struct dl_phdr_info *info, size_t size, void *found)
{
	const char *slash = strrchr(info->dlpi_name, '/');
	struct link_map map = { .l_addr = info->dlpi_addr };

	(void)size;
	if (!slash || strcmp(slash, "/libc.so.6"))
		return 0;
	for (unsigned i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
			map.l_ld = (ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
	*(void **)found = map.l_ld ? dlt_elf_function(&map, "dlsym") : NULL;
	return 1;
}

void dlt_hooks_resolve(void)
{
	void *dlsym_found = NULL;

	if (dlt_real.dlopen)
		return;
	/*
	 * Our own dlsym is the first in the global scope, so the C library's is looked up by hand.
	 */
	dl_iterate_phdr(visit_libc, &dlsym_found);
	dlt_real.dlsym = (void *(*)(void *, const char *))dlsym_found;
	if (!dlt_real.dlsym)
		return;
		/*
		 * RTLD_NEXT: behind this library, so that other preloaded libraries keep their
		 * hooks.
		 */
#define X(result, name, parameters) \
	dlt_real.name = (result(*) parameters)dlt_real.dlsym(RTLD_NEXT, #name);
	DLT_HOOKS(X)
#undef X
	if (!dlt_real.dlerror || !dlt_real.dlopen)
		return;
	dlt_real.dlerror(); /* of names that this C library does not have */
}

void *dlt_hooks_symbol(const char *name)
{
	void *symbol = dlt_real.dlsym(RTLD_DEFAULT, name);

	if (!symbol)
		dlt_real.dlerror();
	return symbol;
}
