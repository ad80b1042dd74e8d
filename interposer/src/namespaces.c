/* SPDX-License-Identifier: Apache-2.0 */
/* Callers that bind past a preloaded library; see namespaces.h. */
#include "namespaces.h"

#include <elf.h>
#include <string.h>

#include "../arch/arch.h"
#include "hooks.h"
#include "objects.h"
#include "order.h"
#include "pages.h"

static struct dlt_loader_calls calls[DLT_NAMESPACES_MAX];

static const struct dlt_object *c_library(uint32_t lmid)
{
	uint64_t name = dlt_order_name("libc.so.6", "");

	for (uint32_t i = 0; i < dlt_objects.count; i++) {
		const struct dlt_object *object = dlt_objects_at(i);

		if (object->lmid == lmid && object->needed_as == name)
			return object;
	}
	return NULL;
}

const struct dlt_loader_calls *dlt_namespace_calls(const struct dlt_object *caller)
{
	uint32_t lmid = caller && caller->lmid < DLT_NAMESPACES_MAX ? caller->lmid : 0;
	const struct dlt_object *library = lmid ? c_library(lmid) : NULL;

	if (library) {
		calls[lmid].dlopen = dlt_elf_function(library->map, "dlopen");
		calls[lmid].dlmopen = dlt_elf_function(library->map, "dlmopen");
		calls[lmid].dlclose = dlt_elf_function(library->map, "dlclose");
	}
	if (library && calls[lmid].dlopen && calls[lmid].dlmopen && calls[lmid].dlclose)
		return &calls[lmid];
	calls[0].dlopen = dlt_real.dlopen;
	calls[0].dlmopen = dlt_real.dlmopen;
	calls[0].dlclose = dlt_real.dlclose;
	return &calls[0];
}

/* MARK: slots */

/* The hook for a symbol; in another namespace only those that know of namespaces. */
static void *hook_for(const struct dlt_object *object, const char *name)
{
	if (object->lmid && strcmp(name, "dlopen") && strcmp(name, "dlmopen") &&
	    strcmp(name, "dlclose"))
		return NULL;
	return dlt_hooks_named(name);
}

static void rewrite_slots(const struct dlt_object *object, const struct dlt_elf *elf,
			  const ElfW(Rela) * entries, size_t bytes)
{
	for (size_t i = 0; i < bytes / sizeof(*entries); i++) {
		uint64_t type = ELF64_R_TYPE(entries[i].r_info);
		const ElfW(Sym) *symbol = &elf->symbols[ELF64_R_SYM(entries[i].r_info)];
		struct dlt_word slot = {
			.at = (uint64_t *)(object->base + entries[i].r_offset),
		};

		if (!dlt_arch_is_slot(type) || symbol->st_shndx != SHN_UNDEF)
			continue;
		slot.value = (uint64_t)(uintptr_t)hook_for(object, elf->strings + symbol->st_name);
		if (slot.value)
			dlt_pages_write(elf, object->base, &slot, 1, false);
	}
}

void dlt_namespace_rebind(const struct dlt_object *object)
{
	struct dlt_elf elf;

	if (!dlt_elf_read(object->map, &elf) || !elf.symbols || !elf.strings)
		return;
	rewrite_slots(object, &elf, elf.rela, elf.rela_bytes);
	rewrite_slots(object, &elf, elf.plt_rela, elf.plt_rela_bytes);
}
