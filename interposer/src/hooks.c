/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the functions behind the hooks; see hooks.h. */
#include "hooks.h"

#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

#include "elf_object.h"

/* A hook is made for every function that programs still call. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

struct dlt_real dlt_real;

struct dlt_libc dlt_libc;

/*
 * The loader's lists, as debuggers find them: DT_DEBUG in the main program's dynamic section
 * (<link.h>). Nothing of the C library has to work for that.
 */
static const struct r_debug_extended *find_debug(void)
{
	const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
	unsigned long count = getauxval(AT_PHNUM);
	uint64_t base = 0;

	for (unsigned long i = 0; i < count; i++)
		if (headers[i].p_type == PT_PHDR)
			base = (uint64_t)(uintptr_t)headers - headers[i].p_vaddr;
	for (unsigned long i = 0; i < count; i++) {
		const ElfW(Dyn) *d = (const ElfW(Dyn) *)(base + headers[i].p_vaddr);

		if (headers[i].p_type != PT_DYNAMIC)
			continue;
		for (; d->d_tag != DT_NULL; d++)
			if (d->d_tag == DT_DEBUG)
				return (const struct r_debug_extended *)d->d_un.d_ptr;
	}
	return NULL;
}

static const struct link_map *find_libc(const struct r_debug_extended *debug)
{
	const struct link_map *map = debug ? debug->base.r_map : NULL;

	for (; map; map = map->l_next) {
		const char *slash = strrchr(map->l_name, '/');

		if (!strcmp(slash ? slash + 1 : map->l_name, "libc.so.6"))
			return map;
	}
	return NULL;
}

static const struct {
	const char *name;
	void *hook;
} hooks[] = {
#define X(result, name, parameters) { #name, (void *)name },
	DLT_HOOKS(X)
#undef X
};

/* By their hash: nearly every other name, in a program's every dlsym, is told from them by this. */
static bool may_be_hooked[1024];

static bool *hash_entry(const char *name)
{
	uint32_t hash = 5381;

	for (; *name; name++)
		hash = hash * 33 + (unsigned char)*name;
	return &may_be_hooked[(hash ^ hash >> 10) % 1024];
}

void dlt_hooks_resolve(void)
{
	const struct link_map *libc;

	if (dlt_real.dlopen)
		return;
	dlt_libc.debug = find_debug();
	libc = find_libc(dlt_libc.debug);
	if (!libc)
		return;
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		*hash_entry(hooks[i].name) = true;
	/* Our own dlsym is the first in the global scope, so these are looked up by hand. */
	dlt_libc.clock_gettime = dlt_elf_function(libc, "clock_gettime");
	dlt_libc.dl_iterate_phdr = dlt_elf_function(libc, "dl_iterate_phdr");
	dlt_libc.pthread_key_create = dlt_elf_function(libc, "pthread_key_create");
	dlt_libc.pthread_key_delete = dlt_elf_function(libc, "pthread_key_delete");
	dlt_libc.pthread_setspecific = dlt_elf_function(libc, "pthread_setspecific");
	dlt_real.dlsym = dlt_elf_function(libc, "dlsym");
	if (!dlt_real.dlsym)
		return;
		/*
		 * RTLD_NEXT: behind this library, so that other preloaded libraries keep their
		 * hooks. A name that this C library does not have is not asked for: an error calls
		 * malloc, and a sanitizer's does not work yet.
		 */
#define X(result, name, parameters)        \
	if (dlt_elf_function(libc, #name)) \
		dlt_real.name = (result(*) parameters)dlt_real.dlsym(RTLD_NEXT, #name);
	DLT_HOOKS(X)
#undef X
}

void *dlt_hooks_symbol(const char *name)
{
	void *symbol = dlt_real.dlsym(RTLD_DEFAULT, name);

	if (!symbol)
		dlt_real.dlerror();
	return symbol;
}

void *dlt_hooks_named(const char *name)
{
	if (!*hash_entry(name))
		return NULL;
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		if (!strcmp(hooks[i].name, name))
			return hooks[i].hook;
	return NULL;
}

bool dlt_hooks_has(const char *name)
{
	return name && dlt_hooks_named(name);
}

void *dlt_hooks_in_place_of(void *function)
{
#define X(result, name, parameters)                        \
	if (function && function == (void *)dlt_real.name) \
		return (void *)name;
	DLT_HOOKS(X)
#undef X
	return function;
}
