/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks through the relocated slots of a namespace's objects for those that lead into one of them.
 * glibc never unloads an object once anything has bound to an STB_GNU_UNIQUE symbol of it
 * (do_lookup_unique, elf/dl-lookup.c), nor before an object that binds to it without needing it
 * (add_dependency, ibid.).
 */
#include "stayed.h"

#include <elf.h>
#include <link.h>
#include <string.h>

#include "../arch/arch.h"
#include "dltrace_wire.h"
#include "hooks.h"
#include "memory.h"
#include "objects.h"
#include "order.h"
#include "process.h"
#include "record.h"
#include "system.h"
#include "watch.h"

enum { UNIQUE_MAX = 4, BINDINGS_MAX = 16, FOUND_MAX = UNIQUE_MAX + BINDINGS_MAX };

/* So often an object is looked at where nothing is found: it may be bound to later. */
enum { LOOKS_MAX = 4 };

enum { PAGES = 1024 };

/* A search, by one thread at a time (watch.c). */
static struct search {
	const struct dlt_object *object;
	bool knows_needs;
	bool needs_it[DLT_OBJECTS_MAX];	 /* by number: the object is among what that one needs */
	uint64_t names[DLT_OBJECTS_MAX]; /* needed_as of the object and of those */
	uint32_t name_count;
	uint64_t pages[PAGES]; /* that can be read, each at its place */
	unsigned unique, bindings;
	struct found {
		struct dlt_wire_stayed record;
		const char *symbol;
	} found[FOUND_MAX];
} search;

static struct dlt_memory names;

/*
 * Relocations that may still be looked at in this process: a bound on what this can cost it. To ask
 * for a page takes as long as PAGE_COST of them.
 */
enum { PAGE_COST = 64 };

static uint64_t budget = 64 << 20;

static bool is_wanted(const struct dlt_object *object)
{
	return object->map && object->lmid == search.object->lmid &&
	       object->origin != DLT_WIRE_ORIGIN_TRACER;
}

/* MARK: who needs it */

static bool needs_one_of_them(const struct dlt_object *object)
{
	struct dlt_elf elf;

	dlt_elf_read_dynamic(object->map, &elf);
	for (const ElfW(Dyn) *d = elf.dynamic; elf.strings && d->d_tag != DT_NULL; d++) {
		uint64_t name;

		if (d->d_tag != DT_NEEDED)
			continue;
		name = dlt_order_name("", elf.strings + d->d_un.d_val);
		for (uint32_t i = 0; i < search.name_count; i++)
			if (search.names[i] == name)
				return true;
	}
	return false;
}

static void note_needs(uint32_t number)
{
	search.needs_it[number] = true;
	search.names[search.name_count++] = dlt_objects.entries[number].needed_as;
}

/* From the object itself to what needs it, to what needs that, until nothing is new. */
static void find_needs(void)
{
	bool again = true;

	memset(search.needs_it, 0, dlt_objects.used * sizeof(search.needs_it[0]));
	search.name_count = 0;
	note_needs((uint32_t)(search.object - dlt_objects.entries));
	while (again) {
		again = false;
		for (uint32_t i = 0; i < dlt_objects.used; i++) {
			if (search.needs_it[i] || !is_wanted(&dlt_objects.entries[i]) ||
			    !needs_one_of_them(&dlt_objects.entries[i]))
				continue;
			note_needs(i);
			again = true;
		}
	}
	search.knows_needs = true;
}

static bool needs_it(const struct dlt_object *holder)
{
	if (!search.knows_needs)
		find_needs();
	return search.needs_it[holder - dlt_objects.entries];
}

/* MARK: slots */

static void keep(const struct dlt_object *holder, uint16_t reason, const char *symbol)
{
	struct found *found = &search.found[search.unique + search.bindings];

	found->symbol = dlt_memory_text(&names, symbol, strlen(symbol) + 1);
	found->record = (struct dlt_wire_stayed){
		.generation = search.object->generation,
		.holder_generation = holder->generation,
		.reason = reason,
		.symbol_bytes = found->symbol ? (uint32_t)strlen(symbol) : 0,
	};
	if (reason == DLT_WIRE_REASON_UNIQUE)
		search.unique++;
	else
		search.bindings++;
}

static bool is_kept(const struct dlt_object *holder, uint16_t reason, const char *symbol)
{
	for (unsigned i = 0; i < search.unique + search.bindings; i++) {
		const struct found *f = &search.found[i];

		if (f->record.reason != reason)
			continue;
		if (reason == DLT_WIRE_REASON_BINDING
			    ? f->record.holder_generation == holder->generation
			    : f->symbol && !strcmp(f->symbol, symbol))
			return true;
	}
	return false;
}

/* A slot of `holder` leads to a symbol of this name into the object. */
static void bound(const struct dlt_object *holder, const char *symbol)
{
	const ElfW(Sym) *definition = dlt_elf_symbol(search.object->map, symbol);

	if (!definition)
		return; /* a slot of its own that still leads to its own PLT */
	if (ELF64_ST_BIND(definition->st_info) == STB_GNU_UNIQUE) {
		if (search.unique < UNIQUE_MAX && !is_kept(holder, DLT_WIRE_REASON_UNIQUE, symbol))
			keep(holder, DLT_WIRE_REASON_UNIQUE, symbol);
	} else if (search.bindings < BINDINGS_MAX && holder != search.object &&
		   !is_kept(holder, DLT_WIRE_REASON_BINDING, symbol) && !needs_it(holder)) {
		keep(holder, DLT_WIRE_REASON_BINDING, symbol);
	}
}

/* Whether a word can be read; the pages that can, in this search, are asked for once. */
static bool can_read(uint64_t address)
{
	uint64_t page = address / dlt_process.page_bytes;
	uint64_t *known = &search.pages[page % PAGES];

	if (*known == page)
		return true;
	budget -= budget < PAGE_COST ? budget : PAGE_COST;
	if (!dlt_is_readable(address))
		return false;
	*known = page;
	return true;
}

static void look_at(const struct dlt_object *holder, const struct dlt_elf *elf,
		    const ElfW(Rela) * entries, size_t bytes)
{
	size_t count = bytes / sizeof(*entries);

	if (count > budget)
		count = (size_t)budget;
	budget -= count;
	for (size_t i = 0; i < count; i++) {
		uint64_t number = ELF64_R_SYM(entries[i].r_info);
		uint64_t at = holder->base + entries[i].r_offset, value;

		if (!number || !dlt_arch_is_binding(ELF64_R_TYPE(entries[i].r_info)))
			continue;
		if (!can_read(at))
			continue;
		value = *(const uint64_t *)(uintptr_t)at - (uint64_t)entries[i].r_addend;
		if (value >= search.object->start && value < search.object->end)
			bound(holder, elf->strings + elf->symbols[number].st_name);
	}
}

static void look_through(const struct dlt_object *holder)
{
	size_t relative;
	struct dlt_elf elf;

	dlt_elf_read_dynamic(holder->map, &elf);
	if (!elf.symbols || !elf.strings)
		return;
	/* linkers put those without a symbol first and count them */
	relative = elf.rela_relative * sizeof(*elf.rela);
	if (relative < elf.rela_bytes)
		look_at(holder, &elf, elf.rela + elf.rela_relative, elf.rela_bytes - relative);
	look_at(holder, &elf, elf.plt_rela, elf.plt_rela_bytes);
}

/*
 * dl_iterate_phdr(3) calls this with the lock held that unmapping takes (dl_load_write_lock,
 * elf/dl-close.c): what the loader's list has is mapped until it returns. Our table may be behind.
 */
static int look(struct dl_phdr_info *info, size_t size, void *unused)
{
	const struct r_debug_extended *debug = dlt_libc.debug;
	bool is_there = false;

	(void)info;
	(void)size;
	(void)unused;
	for (uint32_t lmid = 0; debug && lmid < search.object->lmid; lmid++)
		debug = debug->base.r_version >= 2 ? debug->r_next : NULL;
	for (const struct link_map *m = debug ? debug->base.r_map : NULL; m; m = m->l_next)
		is_there |= m == search.object->map;
	if (!is_there)
		return 1;
	for (const struct link_map *m = debug->base.r_map; m; m = m->l_next) {
		const struct dlt_object *holder = dlt_objects_by_handle(m);

		if (holder && is_wanted(holder))
			look_through(holder);
	}
	return 1; /* once is enough */
}

void dlt_stayed(struct dlt_object *object)
{
	/* What stays by its flag needs no other reason. */
	if (object->is_nodelete || object->stay_looks >= LOOKS_MAX || !budget || !dlt_watch_enter())
		return;
	object->stay_looks++;
	search.object = object;
	search.knows_needs = false;
	memset(search.pages, 0, sizeof(search.pages));
	search.unique = search.bindings = 0;
	dlt_libc.dl_iterate_phdr(look, NULL);
	for (unsigned i = 0; i < search.unique + search.bindings; i++) {
		const struct found *found = &search.found[i];
		struct dlt_event event =
			dlt_event_here(DLT_WIRE_STAYED, &found->record, sizeof(found->record));

		dlt_event_add(&event, found->symbol, found->record.symbol_bytes);
		dlt_emit(&event);
		object->stay_looks = LOOKS_MAX;
	}
	dlt_memory_clear(&names);
	dlt_watch_leave();
}
