/* SPDX-License-Identifier: Apache-2.0 */
/* The table of objects and its comparison to the loader's lists; see objects.h. */
#include "objects.h"

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "calls.h"
#include "dltrace_wire.h"
#include "fini.h"
#include "hooks.h"
#include "memory.h"
#include "process.h"
#include "record.h"
#include "scope.h"
#include "text.h"
#include "unwind.h"

enum { OBJECTS_MAX = 16384, PATH_BYTES = PATH_MAX };

/* What a scan found, kept until it has let go of the loader's lock and can write. */
struct change {
	bool gone;
	bool unseen_fini;  /* gone without a fini function that was seen: its FINI is to be deduced */
	bool written;
	uint64_t fini_seq; /* of one that is gone; glibc unloads in the order of the finis, elf/dl-close.c */
	struct dlt_wire_load load;
	uint64_t parent;
	uint32_t tid, generation;
	const char *soname, *needed; /* copies, as is the path */
	const char *path;
	uint8_t build_id[64];
};

/* All reserved at start; a page costs memory only once it is used. */
static struct dlt_object *objects;
static uint32_t *order; /* entries in the loader's order */
static uint32_t order_count, used_entries;
static uint32_t last_generation;
static unsigned long long last_adds, last_subs;
static bool at_start = true;
static _Atomic uint32_t unhooked_objects;

/* Held by the one thread that scans. Others do not wait long: the holder looks again for them. */
static _Atomic uint32_t scanning_tid;
static atomic_bool scan_again;

static struct dlt_memory changes_memory, strings_memory;

static const struct r_debug_extended *debug_head;

void dlt_objects_start(void)
{
	objects = dlt_memory_reserve(OBJECTS_MAX * sizeof(*objects));
	order = dlt_memory_reserve(OBJECTS_MAX * sizeof(*order));
	debug_head = dlt_hooks_symbol("_r_debug"); /* r_version says how much of it is there, <link.h> */
	if (!objects || !order || !debug_head)
		return;
	dlt_objects_scan();
	at_start = false;
}

static struct dlt_object *take_entry(void)
{
	for (uint32_t i = 0; i < used_entries; i++)
		if (!objects[i].map)
			return &objects[i];
	return used_entries < OBJECTS_MAX ? &objects[used_entries++] : NULL;
}

struct dlt_object *dlt_objects_by_handle(const void *handle)
{
	for (uint32_t i = 0; handle && i < used_entries; i++)
		if (objects[i].map == handle)
			return &objects[i];
	return NULL;
}

struct dlt_object *dlt_objects_by_address(uint64_t address)
{
	for (uint32_t i = 0; i < used_entries; i++)
		if (objects[i].map && address >= objects[i].start && address < objects[i].end)
			return &objects[i];
	return NULL;
}

static struct dlt_object *by_origin(uint16_t origin)
{
	for (uint32_t i = 0; i < used_entries; i++)
		if (objects[i].map && objects[i].origin == origin)
			return &objects[i];
	return NULL;
}

struct dlt_object *dlt_objects_loader(void)
{
	return by_origin(DLT_WIRE_ORIGIN_LOADER);
}

struct dlt_object *dlt_objects_program(void)
{
	return by_origin(DLT_WIRE_ORIGIN_PROGRAM);
}

bool dlt_objects_text(const struct dlt_object *object, uint64_t *start, uint64_t *end)
{
	struct dlt_elf elf;

	if (!dlt_elf_read(object->map, &elf))
		return false;
	for (unsigned i = 0; i < elf.header_count; i++) {
		const ElfW(Phdr) *h = &elf.headers[i];

		if (h->p_type != PT_LOAD || (h->p_flags & (PF_R | PF_X)) != (PF_R | PF_X))
			continue;
		*start = object->base + h->p_vaddr;
		*end = *start + h->p_filesz;
		return true;
	}
	return false;
}

void dlt_objects_each(void (*visit)(struct dlt_object *object))
{
	for (uint32_t i = 0; i < order_count; i++)
		visit(&objects[order[i]]);
}

/* MARK: whose doing it was */

/* The innermost dlopen of this thread, the only one of its that can be loading. */
static const struct dlt_scope *own_open(void)
{
	for (const struct dlt_scope *s = dlt_scope_top; s; s = s->outer)
		if (s->kind == DLT_WIRE_DLOPEN || s->kind == DLT_WIRE_DLMOPEN)
			return s;
	return NULL;
}

/*
 * The call that loaded an object: one that asked for this very file; for a dependency, which follows
 * what was asked for in the loader's order, the same call as before it; else the one that there is.
 */
static struct dlt_call_ref loader_of(const char *path, struct dlt_call_ref before)
{
	const struct dlt_scope *own = own_open();
	struct dlt_call_ref other = dlt_call_elsewhere(true, NULL);
	struct dlt_call_ref mine = { .seq = own ? own->seq : 0, .tid = dlt_thread_id() };
	struct dlt_call_ref named;

	if (!other.seq)
		return mine;
	if (!own)
		mine = other;
	named = dlt_call_elsewhere(true, path);
	if (named.seq)
		return named;
	return before.seq ? before : mine;
}

/* The call that unloaded an object: the dlclose its fini ran beneath, else this thread's or the only one. */
static uint64_t unloader_of(const struct dlt_object *object)
{
	const struct dlt_scope *closing = dlt_scope_closing();
	const struct dlt_scope *opening = own_open();

	if (object->finalized_by)
		return object->finalized_by;
	if (closing)
		return closing->seq;
	if (opening)
		return opening->seq; /* a dlopen that failed */
	return dlt_call_elsewhere(false, NULL).seq;
}

/* MARK: comparing, while the loader's lists are locked */

static uint16_t origin_of(const struct link_map *map, const struct dlt_elf *elf, bool first)
{
	if (dlt_unwind_is_own(elf->start))
		return DLT_WIRE_ORIGIN_TRACER;
	if (map->l_addr && map->l_addr == getauxval(AT_SYSINFO_EHDR))
		return DLT_WIRE_ORIGIN_VDSO;
	if (elf->start == dlt_unwind_map_start((uint64_t)(uintptr_t)debug_head))
		return DLT_WIRE_ORIGIN_LOADER;
	return first && at_start ? DLT_WIRE_ORIGIN_PROGRAM : DLT_WIRE_ORIGIN_FILE;
}

static const char *absolute_path(const char *name, uint16_t origin)
{
	static char buffer[2 * PATH_BYTES]; /* a scan is of one thread at a time */
	ssize_t size;

	if (origin == DLT_WIRE_ORIGIN_PROGRAM) {
		size = readlink("/proc/self/exe", buffer, sizeof(buffer) - 1);
		if (size > 0) {
			buffer[size] = 0;
			return dlt_memory_text(&strings_memory, buffer, (size_t)size + 1);
		}
	}
	if (!*name && origin == DLT_WIRE_ORIGIN_VDSO)
		name = "linux-vdso.so.1";
	if (*name != '/' && origin != DLT_WIRE_ORIGIN_VDSO && getcwd(buffer, PATH_BYTES) &&
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

		if (d->d_tag != DT_NEEDED)
			continue;
		name = elf->strings + d->d_un.d_val;
		copy = dlt_memory_text(&strings_memory, name, strlen(name) + 1);
		if (!copy)
			break;
		if (!first)
			first = copy;
		*bytes += (uint32_t)strlen(name) + 1;
	}
	return first;
}

static void note_gone(struct dlt_object *object)
{
	struct change *change = dlt_memory_take(&changes_memory, sizeof(*change));

	if (change) {
		change->gone = true;
		change->generation = object->generation;
		change->parent = unloader_of(object);
		change->fini_seq = object->fini_seq;
		change->unseen_fini = !object->fini_seq && !own_open() &&
				      object->origin != DLT_WIRE_ORIGIN_LOADER;
	}
	dlt_fini_release(object);
	dlt_unwind_forget(object->start, object->end);
	if (object->unhooked)
		atomic_fetch_sub(&unhooked_objects, 1);
}

static struct dlt_object *note_new(const struct link_map *map, uint32_t lmid, bool first,
				   struct dlt_call_ref *loader)
{
	struct dlt_object *object = take_entry();
	struct change *change;
	struct dlt_elf elf;
	bool readable;

	if (!object)
		return NULL;
	readable = dlt_elf_read(map, &elf);
	change = dlt_memory_take(&changes_memory, sizeof(*change));
	memset(object, 0, sizeof(*object));
	object->map = map;
	object->name = map->l_name;
	object->base = map->l_addr;
	object->start = elf.start;
	object->end = elf.end;
	object->generation = ++last_generation;
	object->at_start = at_start;
	object->lmid = lmid;
	object->origin = origin_of(map, &elf, first);
	object->unhooked = readable && elf.has_fini && object->origin != DLT_WIRE_ORIGIN_TRACER;
	if (object->unhooked)
		atomic_fetch_add(&unhooked_objects, 1);
	dlt_unwind_forget(object->start, object->end);
	if (!change)
		return object;
	change->generation = object->generation;
	change->path = absolute_path(map->l_name, object->origin);
	if (!at_start)
		*loader = loader_of(change->path ? change->path : "", *loader);
	change->parent = object->load_call = loader->seq;
	change->tid = loader->tid;
	change->soname = dlt_memory_text(&strings_memory, elf.soname, strlen(elf.soname) + 1);
	change->load = (struct dlt_wire_load){
		.link_map = (uint64_t)(uintptr_t)map,
		.base = object->base,
		.start = object->start,
		.end = object->end,
		.generation = object->generation,
		.flags_1 = elf.flags_1,
		.lmid = lmid,
		.origin = object->origin,
		.properties = (uint16_t)((elf.has_unique ? DLT_WIRE_HAS_UNIQUE : 0) |
					 (elf.has_tls ? DLT_WIRE_HAS_TLS : 0) |
					 (elf.has_init ? DLT_WIRE_HAS_INIT : 0) |
					 (elf.has_fini ? DLT_WIRE_HAS_FINI : 0) |
					 (elf.has_symbolic ? DLT_WIRE_HAS_SYMBOLIC : 0) |
					 (at_start ? DLT_WIRE_AT_START : 0)),
		.path_bytes = change->path ? (uint32_t)strlen(change->path) : 0,
		.soname_bytes = change->soname ? (uint32_t)strlen(change->soname) : 0,
		.build_id_bytes = elf.build_id_bytes > sizeof(change->build_id) ? 0 : (uint32_t)elf.build_id_bytes,
	};
	memcpy(change->build_id, elf.build_id, change->load.build_id_bytes);
	change->needed = copy_needed(&elf, &change->load.needed_bytes);
	return object;
}

static bool is_same(const struct dlt_object *object, const struct link_map *map)
{
	return object->map == map && object->base == map->l_addr && object->name == map->l_name;
}

/*
 * An object unloaded and loaded again between two scans looks the same when it got the same
 * addresses. What tells them apart is our hook in its fini functions.
 */
static bool was_replaced(const struct dlt_object *object, const struct link_map *map)
{
	struct dlt_elf elf;

	if (!object->first_slot)
		return false;
	return dlt_elf_read(map, &elf) && elf.has_fini && !dlt_fini_is_hooked(map, &elf);
}

static void compare(bool churned)
{
	const struct r_debug_extended *debug = debug_head;
	struct dlt_call_ref loader = { 0 };
	uint32_t old_count = order_count, cursor = 0, count = 0, lmid = 0;

	static uint32_t *scratch;

	if (!scratch)
		scratch = dlt_memory_reserve(OBJECTS_MAX * sizeof(*scratch));
	if (!scratch)
		return;
	for (uint32_t i = 0; i < old_count; i++)
		objects[order[i]].seen = false;
	/* New ones are entered after the gone ones are noted: both take entries of the same table. */
	for (; debug; debug = debug->base.r_version >= 2 ? debug->r_next : NULL, lmid++) {
		for (const struct link_map *map = debug->base.r_map; map; map = map->l_next) {
			uint32_t at = cursor;

			while (at < old_count && !is_same(&objects[order[at]], map))
				at++;
			if (at == old_count)
				continue;
			if (churned && was_replaced(&objects[order[at]], map))
				continue;
			objects[order[at]].seen = true;
			cursor = at + 1;
		}
	}
	for (uint32_t i = 0; i < old_count; i++) {
		struct dlt_object *object = &objects[order[i]];

		if (object->seen)
			continue;
		note_gone(object);
		object->map = NULL;
	}
	debug = debug_head;
	lmid = 0;
	cursor = 0;
	for (; debug; debug = debug->base.r_version >= 2 ? debug->r_next : NULL, lmid++) {
		for (const struct link_map *map = debug->base.r_map; map; map = map->l_next) {
			struct dlt_object *object = NULL;

			while (cursor < old_count && !objects[order[cursor]].seen)
				cursor++;
			if (cursor < old_count && is_same(&objects[order[cursor]], map))
				object = &objects[order[cursor++]];
			else
				object = note_new(map, lmid, count == 0, &loader);
			if (object && count < OBJECTS_MAX)
				scratch[count++] = (uint32_t)(object - objects);
		}
	}
	memcpy(order, scratch, count * sizeof(*order));
	order_count = count;
}

/* Hooks what waits for it, once the call that loads it is over or at its constructors, which run after relocation. */
static void hook_waiting(void)
{
	for (uint32_t i = 0; i < order_count; i++) {
		struct dlt_object *object = &objects[order[i]];

		if (!object->unhooked || dlt_call_is_in_flight_elsewhere(object->load_call))
			continue;
		if (!dlt_fini_hook(object))
			continue;
		object->unhooked = false;
		atomic_fetch_sub(&unhooked_objects, 1);
	}
}

static int visit_first(struct dl_phdr_info *info, size_t size, void *changed)
{
	(void)size;
	*(bool *)changed = info->dlpi_adds != last_adds || info->dlpi_subs != last_subs;
	if (*(bool *)changed) {
		last_adds = info->dlpi_adds;
		last_subs = info->dlpi_subs;
		compare(last_subs != 0);
	}
	if (atomic_load_explicit(&unhooked_objects, memory_order_relaxed))
		hook_waiting();
	return 1;
}

/* MARK: writing what was found */

static void write_unload(const struct change *change)
{
	struct dlt_wire_unload unload = { .generation = change->generation };
	struct dlt_event event = { .kind = DLT_WIRE_UNLOAD, .parent = change->parent };

	if (change->unseen_fini)
		dlt_fini_deduce(change->generation, change->parent, DLT_WIRE_PHASE_DLCLOSE);
	if (dlt_scope_top)
		event.phase = dlt_scope_top->phase;
	dlt_event_add(&event, &unload, sizeof(unload));
	dlt_emit(&event);
}

static void write_load(const struct change *change)
{
	struct dlt_event event = { .kind = DLT_WIRE_LOAD, .parent = change->parent, .tid = change->tid };

	if (dlt_scope_top)
		event.phase = dlt_scope_top->phase;
	dlt_event_add(&event, &change->load, sizeof(change->load));
	dlt_event_add(&event, change->path, change->load.path_bytes);
	dlt_event_add(&event, change->soname, change->load.soname_bytes);
	dlt_event_add(&event, change->build_id, change->load.build_id_bytes);
	dlt_event_add(&event, change->needed, change->load.needed_bytes);
	dlt_emit(&event);
}

static struct change *first_change(void)
{
	return (struct change *)changes_memory.start;
}

static struct change *end_of_changes(void)
{
	return (struct change *)changes_memory.next;
}

/* The object to be written as unloaded next; those without a fini come last, in the loader's order. */
static struct change *next_gone(void)
{
	struct change *next = NULL;

	for (struct change *c = first_change(); c < end_of_changes() && c->gone; c++)
		if (!c->written && (!next || c->fini_seq - 1 < next->fini_seq - 1))
			next = c;
	if (next)
		next->written = true;
	return next;
}

static void scan_once(void)
{
	bool changed = false;
	struct change *change;

	dl_iterate_phdr(visit_first, &changed);
	if (!changed)
		return;
	while ((change = next_gone()))
		write_unload(change);
	for (change = first_change(); change < end_of_changes(); change++)
		if (!change->gone)
			write_load(change);
	dlt_memory_clear(&changes_memory);
	dlt_memory_clear(&strings_memory);
}

static bool begin_scan(void)
{
	enum { ATTEMPTS = 200 };
	uint32_t me = dlt_thread_id();

	for (int i = 0; i < ATTEMPTS; i++) {
		uint32_t nobody = 0;

		if (atomic_compare_exchange_strong(&scanning_tid, &nobody, me))
			return true;
		if (nobody == me)
			return false; /* a signal handler in the middle of this thread's scan */
		sched_yield();
	}
	return false;
}

void dlt_objects_scan(void)
{
	int saved_errno = errno;

	if (!order)
		return;
	atomic_store(&scan_again, true);
	while (atomic_load(&scan_again) && begin_scan()) {
		atomic_store(&scan_again, false);
		scan_once();
		atomic_store(&scanning_tid, 0);
	}
	errno = saved_errno;
}

void dlt_objects_before_fork(void)
{
	begin_scan();
}

void dlt_objects_after_fork(void)
{
	atomic_store(&scanning_tid, 0);
}
