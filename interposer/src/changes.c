/* SPDX-License-Identifier: Apache-2.0 */
/* From the loader's lists to LOAD and UNLOAD; see changes.h. */
#include "changes.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

#include "dltrace_wire.h"
#include "left.h"
#include "lifecycle.h"
#include "mapping.h"
#include "memory.h"
#include "namespaces.h"
#include "objects.h"
#include "order.h"
#include "pin.h"
#include "quarantine.h"
#include "record.h"
#include "rows.h"
#include "scope.h"
#include "silent.h"
#include "stale.h"
#include "system.h"
#include "text.h"
#include "unwind.h"
#include "watch.h"

/* What a comparison found, kept until it has let go of the loader's lock and can write. */
struct change {
	bool gone;
	struct change *next;   /* of those that are gone, in the order of their records */
	struct dlt_object was; /* of one that is gone: its entry may be another's already */
	struct dlt_object *object;
	struct dlt_wire_load load;
	const char *path, *soname, *needed; /* copies */
	uint8_t build_id[64];
};

static struct dlt_memory changes_memory, strings_memory;
static uint32_t last_generation;
static uint64_t loader_base;		    /* of ld.so */
static uint32_t counts[DLT_NAMESPACES_MAX]; /* of each namespace's objects in the table */

/* MARK: comparing, while the loader's lists are locked */

static uint16_t origin_of(const struct link_map *map, const struct dlt_elf *elf, bool first)
{
	if (dlt_unwind_is_own(elf->start))
		return DLT_WIRE_ORIGIN_TRACER;
	if (map->l_addr && map->l_addr == getauxval(AT_SYSINFO_EHDR))
		return DLT_WIRE_ORIGIN_VDSO;
	if (elf->start == loader_base)
		return DLT_WIRE_ORIGIN_LOADER;
	return first && dlt_objects.at_start ? DLT_WIRE_ORIGIN_PROGRAM : DLT_WIRE_ORIGIN_FILE;
}

/*
 * What the kernel executed; where that was ld.so, which nobody interprets then, what it was told to
 * start.
 */
static bool program_path(const struct dlt_object *object, char *path, size_t size)
{
	long length;

	if (!getauxval(AT_BASE))
		return dlt_mapping_file((uint64_t)(uintptr_t)object->map->l_ld, path, size);
	length = dlt_readlink("/proc/self/exe", path, size - 1);
	if (length > 0)
		path[length] = 0;
	return length > 0;
}

static const char *absolute_path(const struct dlt_object *object)
{
	static char buffer[2 * PATH_MAX]; /* a scan is of one thread at a time */
	const char *name = object->name;
	uint16_t origin = object->origin;

	if (origin == DLT_WIRE_ORIGIN_PROGRAM && program_path(object, buffer, sizeof(buffer)))
		return dlt_memory_text(&strings_memory, buffer, strlen(buffer) + 1);
	if (!*name && origin == DLT_WIRE_ORIGIN_VDSO)
		name = "linux-vdso.so.1";
	if (*name != '/' && origin != DLT_WIRE_ORIGIN_VDSO && dlt_getcwd(buffer, PATH_MAX) > 0 &&
	    dlt_text_join(buffer, sizeof(buffer), buffer, "/", name))
		name = buffer;
	return dlt_memory_text(&strings_memory, name, strlen(name) + 1);
}

/* The names of DT_NEEDED, each with its terminating zero, in the strings' memory. */
static const char *copy_needed(const struct dlt_elf *elf, uint32_t *bytes)
{
	const char *first = NULL;

	*bytes = 0;
	for (const ElfW(Dyn) *d = elf->dynamic; elf->strings && d && d->d_tag != DT_NULL; d++) {
		const char *name, *copy;
		size_t size;

		if (d->d_tag != DT_NEEDED)
			continue;
		name = elf->strings + d->d_un.d_val;
		size = strlen(name) + 1;
		copy = dlt_memory_text(&strings_memory, name, size);
		if (!copy)
			break;
		if (!first)
			first = copy;
		*bytes += (uint32_t)size;
	}
	return first;
}

static void note_gone(struct dlt_object *object)
{
	struct change *change = dlt_memory_take(&changes_memory, sizeof(*change));

	if (change) {
		change->gone = true;
		change->was = *object;
	}
	dlt_rows_forget(object->start, object->end);
	dlt_quarantine_keep(object->start, object->end);
	dlt_stale_add(object->map, 0);
	dlt_silent_goes(object);
	dlt_objects_give_back(object);
	dlt_objects.changes++;
}

static void describe(struct change *change, const struct dlt_elf *elf)
{
	const struct dlt_object *object = change->object;

	change->path = absolute_path(object);
	change->soname = dlt_memory_text(&strings_memory, elf->soname, strlen(elf->soname) + 1);
	change->load = (struct dlt_wire_load){
		.link_map = (uint64_t)(uintptr_t)object->map,
		.base = object->base,
		.start = object->start,
		.end = object->end,
		.generation = object->generation,
		.flags_1 = elf->flags_1,
		.lmid = object->lmid,
		.origin = object->origin,
		.properties =
			(uint16_t)((elf->has_unique ? DLT_WIRE_HAS_UNIQUE : 0) |
				   (elf->has_tls ? DLT_WIRE_HAS_TLS : 0) |
				   (elf->has_init ? DLT_WIRE_HAS_INIT : 0) |
				   (elf->has_fini ? DLT_WIRE_HAS_FINI : 0) |
				   (elf->has_symbolic ? DLT_WIRE_HAS_SYMBOLIC : 0) |
				   (elf->has_fini && !object->hooked ? DLT_WIRE_UNSEEN_FINI : 0) |
				   (dlt_objects.at_start ? DLT_WIRE_AT_START : 0) |
				   (object->to_pin ? DLT_WIRE_PINNED : 0)),
		.path_bytes = change->path ? (uint32_t)strlen(change->path) : 0,
		.soname_bytes = change->soname ? (uint32_t)strlen(change->soname) : 0,
	};
	if (elf->build_id_bytes && elf->build_id_bytes <= sizeof(change->build_id)) {
		change->load.build_id_bytes = (uint32_t)elf->build_id_bytes;
		memcpy(change->build_id, elf->build_id, elf->build_id_bytes);
	}
	change->needed = copy_needed(elf, &change->load.needed_bytes);
}

static struct dlt_object *note_new(const struct link_map *map, uint32_t lmid, bool first)
{
	const struct dlt_scope *top = dlt_scope_top;
	struct dlt_object *object = dlt_objects_take(map);
	struct change *change;
	struct dlt_elf elf;

	if (!object)
		return NULL;
	dlt_elf_read(map, &elf);
	*object = (struct dlt_object){
		.map = map,
		.name = map->l_name,
		.base = map->l_addr,
		.start = elf.start,
		.end = elf.end,
		.load_call = top ? top->seq : 0,
		.generation = ++last_generation,
		.lmid = lmid,
		.origin = origin_of(map, &elf, first),
		.wants_first = (elf.flags_1 & DF_1_INITFIRST) != 0,
		.at_start = dlt_objects.at_start,
		.is_nodelete = (elf.flags_1 & DF_1_NODELETE) != 0,
	};
	dlt_stale_remove(map);
	dlt_objects.changes++;
	object->binds_past =
		!dlt_objects.at_start &&
		(lmid || (top && dlt_scope_is_open(top) && top->flags & RTLD_DEEPBIND));
	dlt_objects.elsewhere += lmid != 0;
	object->to_pin = dlt_pin_is_on() && object->origin == DLT_WIRE_ORIGIN_FILE &&
			 dlt_pin_wants(map->l_name);
	object->needed_as = dlt_order_name(elf.soname, map->l_name);
	dlt_rows_forget(object->start, object->end);
	if (object->origin != DLT_WIRE_ORIGIN_TRACER)
		dlt_lifecycle_hook(object, (uint32_t)(object - dlt_objects.entries), &elf,
				   dlt_watch_is_told() && !dlt_objects.at_start);
	dlt_silent_came(object);
	change = dlt_memory_take(&changes_memory, sizeof(*change));
	if (change) {
		change->object = object;
		describe(change, &elf);
	}
	return object;
}

/* `map` may be NULL. */
static bool is_same(const struct dlt_place *place, const struct link_map *map)
{
	return place->map == map && place->base == map->l_addr && place->name == map->l_name;
}

static const struct r_debug_extended *next_namespace(const struct r_debug_extended *debug)
{
	return debug->base.r_version >= 2 ? debug->r_next : NULL;
}

/* Goes on from `at` to the first place that is not in the list, and in the list beside it. */
static uint32_t next_difference(uint32_t at, uint32_t end, const struct link_map **in_list)
{
	const struct dlt_place *places = dlt_objects.order;
	const struct link_map *map = *in_list;

	for (; at < end && is_same(&places[at], map); at++)
		map = map->l_next;
	*in_list = map;
	return at;
}

/*
 * Takes what is gone out of the table, before new ones take its entries. The loader appends to its
 * lists (_dl_add_to_namespace_list, elf/dl-object.c), so what is left has kept its order.
 */
static void remove_gone(const struct r_debug_extended *debug)
{
	uint32_t at = 0, kept = 0;

	for (uint32_t lmid = 0; debug && lmid < DLT_NAMESPACES_MAX;
	     debug = next_namespace(debug), lmid++) {
		const struct link_map *map = debug->base.r_map;
		uint32_t end = at + counts[lmid];

		while (at < end) {
			uint32_t same = next_difference(at, end, &map) - at;

			if (kept != at)
				memmove(&dlt_objects.order[kept], &dlt_objects.order[at],
					same * sizeof(dlt_objects.order[0]));
			kept += same;
			at += same;
			if (at == end)
				break;
			note_gone(dlt_objects_at(at++));
			counts[lmid]--;
		}
	}
	dlt_objects.count = kept;
}

/*
 * Enters what is new: what comes behind the last one that is known of each namespace. The table
 * then has the loader's order.
 */
static void add_new(const struct r_debug_extended *debug)
{
	uint32_t at = 0;

	for (uint32_t lmid = 0; debug && lmid < DLT_NAMESPACES_MAX;
	     debug = next_namespace(debug), lmid++) {
		const struct link_map *map = debug->base.r_map;

		at += counts[lmid];
		if (counts[lmid])
			map = dlt_objects.order[at - 1].map->l_next;
		for (; map; map = map->l_next) {
			struct dlt_object *object = note_new(map, lmid, at == 0);
			struct dlt_place *place = &dlt_objects.order[at];

			if (!object)
				return;
			memmove(place + 1, place, (dlt_objects.count - at) * sizeof(*place));
			*place = (struct dlt_place){
				.map = map,
				.name = map->l_name,
				.base = map->l_addr,
				.number = (uint32_t)(object - dlt_objects.entries),
			};
			dlt_objects.count++;
			counts[lmid]++;
			at++;
		}
	}
}

void dlt_changes_compare(const struct r_debug_extended *debug, bool only_added)
{
	loader_base = debug->base.r_ldbase;
	if (!only_added)
		remove_gone(debug);
	add_new(debug);
}

/* MARK: writing what was found */

static struct change *first_change(void)
{
	return (struct change *)changes_memory.start;
}

static struct change *end_of_changes(void)
{
	return (struct change *)changes_memory.next;
}

/* glibc unloads in the order of the finis (elf/dl-close.c); those without come last. */
static bool comes_before(const struct change *one, const struct change *other)
{
	return one->was.fini_seq - 1 < other->was.fini_seq - 1;
}

/*
 * The first one that is gone, in the order of their records; mostly each is the last or the first.
 */
static struct change *sort_gone(void)
{
	struct change *first = NULL, *last = NULL;

	for (struct change *c = first_change(); c < end_of_changes() && c->gone; c++) {
		struct change **place = last && !comes_before(c, last) ? &last->next : &first;

		while (*place && !comes_before(c, *place))
			place = &(*place)->next;
		c->next = *place;
		*place = c;
		if (!c->next)
			last = c;
	}
	return first;
}

/* What is unloaded was finalized, function or not, except what a failed dlopen leaves. */
static void deduce_fini(struct dlt_object *object)
{
	const struct dlt_scope *top = dlt_scope_top;
	bool opening = top && dlt_scope_is_open(top);

	if (!object->fini_seq && (object->init_seq || !opening) &&
	    object->origin != DLT_WIRE_ORIGIN_LOADER)
		dlt_lifecycle_deduce(DLT_WIRE_FINI, object, top ? top->seq : 0,
				     DLT_WIRE_PHASE_DLCLOSE);
}

static void write_unload(const struct change *change)
{
	struct dlt_wire_unload unload = { .generation = change->was.generation };
	struct dlt_event event = dlt_event_here(DLT_WIRE_UNLOAD, &unload, sizeof(unload));

	dlt_emit(&event);
}

static void write_load(const struct change *change)
{
	struct dlt_event event = dlt_event_here(DLT_WIRE_LOAD, &change->load, sizeof(change->load));

	dlt_event_add(&event, change->path, change->load.path_bytes);
	dlt_event_add(&event, change->soname, change->load.soname_bytes);
	dlt_event_add(&event, change->build_id, change->load.build_id_bytes);
	dlt_event_add(&event, change->needed, change->load.needed_bytes);
	dlt_emit(&event);
}

void dlt_changes_write(void)
{
	struct change *change;

	for (change = first_change(); change < end_of_changes() && change->gone; change++)
		deduce_fini(&change->was);
	for (change = sort_gone(); change; change = change->next) {
		write_unload(change);
		dlt_left_note(&change->was);
	}
	dlt_left_ask();
	for (change = first_change(); change < end_of_changes(); change++)
		if (!change->gone)
			write_load(change);
	dlt_memory_clear(&changes_memory);
	dlt_memory_clear(&strings_memory);
}
