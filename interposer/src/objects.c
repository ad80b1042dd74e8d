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

#include "../arch/arch.h"
#include "dltrace_wire.h"
#include "hooks.h"
#include "lifecycle.h"
#include "memory.h"
#include "order.h"
#include "process.h"
#include "record.h"
#include "scope.h"
#include "text.h"
#include "unwind.h"

enum { OBJECTS_MAX = 8192, PATH_BYTES = PATH_MAX };

/* What a comparison found, kept until it has let go of the loader's lock and can write. */
struct change {
	bool gone;
	bool written;
	struct dlt_object was; /* of one that is gone: its entry may be another's already */
	struct dlt_object *object;
	struct dlt_wire_load load;
	const char *path, *soname, *needed; /* copies */
	uint8_t build_id[64];
};

/* All reserved at start; a page costs memory only once it is used. */
static struct dlt_object *objects;
static uint32_t *order, *next_order; /* numbers of entries, in the loader's order */
static uint32_t order_count, used_entries;
static uint32_t last_generation;
static bool at_start = true;

/* Whether the loader calls us at each change; if not, hooks poll its counts. */
static bool watching;
static unsigned long long last_adds, last_subs;

/* The thread that compares; others do not wait long for it: it looks again for them. */
static _Atomic uint32_t comparing_tid;
static atomic_bool compare_again;

static struct dlt_memory changes_memory, strings_memory;

static struct dlt_object **by_fini; /* room for sorting them all */
static uint32_t changes;	    /* of the table, counted */

static const struct r_debug_extended *debug_head;

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

struct dlt_object *dlt_objects_by_number(uint32_t number)
{
	return &objects[number];
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
		change->was = *object;
	}
	dlt_unwind_forget(object->start, object->end);
	object->map = NULL;
	changes++;
}

static void describe(struct change *change, const struct dlt_elf *elf)
{
	const struct dlt_object *object = change->object;

	change->path = absolute_path(object->name, object->origin);
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
				   (at_start ? DLT_WIRE_AT_START : 0)),
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
	struct dlt_object *object = take_entry();
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
	};
	changes++;
	object->needed_as = dlt_order_name(elf.soname, map->l_name);
	dlt_unwind_forget(object->start, object->end);
	if (object->origin != DLT_WIRE_ORIGIN_TRACER)
		dlt_lifecycle_hook(object, (uint32_t)(object - objects), watching && !at_start);
	change = dlt_memory_take(&changes_memory, sizeof(*change));
	if (change) {
		change->object = object;
		describe(change, &elf);
	}
	return object;
}

static bool is_same(const struct dlt_object *object, const struct link_map *map)
{
	return object->map == map && object->base == map->l_addr && object->name == map->l_name;
}

/* Walks both in the loader's order. What is gone is noted first: new ones may take its entries. */
static void compare(void)
{
	uint32_t cursor = 0, count = 0, lmid = 0;
	const struct r_debug_extended *debug;

	for (uint32_t i = 0; i < order_count; i++)
		objects[order[i]].seen = false;
	for (debug = debug_head; debug; debug = debug->base.r_version >= 2 ? debug->r_next : NULL) {
		for (const struct link_map *map = debug->base.r_map; map; map = map->l_next) {
			uint32_t at = cursor;

			while (at < order_count && !is_same(&objects[order[at]], map))
				at++;
			if (at == order_count)
				continue;
			objects[order[at]].seen = true;
			cursor = at + 1;
		}
	}
	for (uint32_t i = 0; i < order_count; i++)
		if (!objects[order[i]].seen)
			note_gone(&objects[order[i]]);
	cursor = 0;
	for (debug = debug_head; debug;
	     debug = debug->base.r_version >= 2 ? debug->r_next : NULL, lmid++) {
		for (const struct link_map *map = debug->base.r_map; map; map = map->l_next) {
			struct dlt_object *object;

			while (cursor < order_count && !objects[order[cursor]].seen)
				cursor++;
			if (cursor < order_count && is_same(&objects[order[cursor]], map))
				object = &objects[order[cursor++]];
			else
				object = note_new(map, lmid, count == 0);
			if (object)
				next_order[count++] = (uint32_t)(object - objects);
		}
	}
	memcpy(order, next_order, count * sizeof(*order));
	order_count = count;
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

/* An event of the loader's, beneath the call (or destructor) that this thread is in. */
static struct dlt_event event_here(uint16_t kind)
{
	const struct dlt_scope *top = dlt_scope_top;

	return (struct dlt_event){
		.kind = kind,
		.parent = top ? top->seq : 0,
		.phase = top ? top->phase : DLT_WIRE_PHASE_NONE,
	};
}

/*
 * What is to be written as unloaded next: glibc unloads in the order of the finis (elf/dl-close.c);
 * those without come last.
 */
static struct change *next_gone(void)
{
	struct change *next = NULL;

	for (struct change *c = first_change(); c < end_of_changes() && c->gone; c++)
		if (!c->written && (!next || c->was.fini_seq - 1 < next->was.fini_seq - 1))
			next = c;
	if (next)
		next->written = true;
	return next;
}

/* What is unloaded was finalized, function or not, except what a failed dlopen leaves. */
static void deduce_fini(struct dlt_object *object)
{
	const struct dlt_scope *top = dlt_scope_top;
	bool opening = top && (top->kind == DLT_WIRE_DLOPEN || top->kind == DLT_WIRE_DLMOPEN);

	if (!object->fini_seq && (object->init_seq || !opening) &&
	    object->origin != DLT_WIRE_ORIGIN_LOADER)
		dlt_lifecycle_deduce(DLT_WIRE_FINI, object, top ? top->seq : 0,
				     DLT_WIRE_PHASE_DLCLOSE);
}

static void write_unload(const struct change *change)
{
	struct dlt_wire_unload unload = { .generation = change->was.generation };
	struct dlt_event event = event_here(DLT_WIRE_UNLOAD);

	dlt_event_add(&event, &unload, sizeof(unload));
	dlt_emit(&event);
}

static void write_load(const struct change *change)
{
	struct dlt_event event = event_here(DLT_WIRE_LOAD);

	dlt_event_add(&event, &change->load, sizeof(change->load));
	dlt_event_add(&event, change->path, change->load.path_bytes);
	dlt_event_add(&event, change->soname, change->load.soname_bytes);
	dlt_event_add(&event, change->build_id, change->load.build_id_bytes);
	dlt_event_add(&event, change->needed, change->load.needed_bytes);
	dlt_emit(&event);
}

static void write_changes(void)
{
	struct change *change;

	for (change = first_change(); change < end_of_changes() && change->gone; change++)
		deduce_fini(&change->was);
	while ((change = next_gone()))
		write_unload(change);
	for (change = first_change(); change < end_of_changes(); change++)
		if (!change->gone)
			write_load(change);
	dlt_memory_clear(&changes_memory);
	dlt_memory_clear(&strings_memory);
}

/* MARK: objects that the loader passes in silence */

/* Of libdltrace.so itself nothing is told; namespaces share the first one's ld.so. */
static bool is_told(const struct dlt_object *object)
{
	return object->origin != DLT_WIRE_ORIGIN_VDSO && object->origin != DLT_WIRE_ORIGIN_TRACER &&
	       !(object->origin == DLT_WIRE_ORIGIN_LOADER && object->lmid);
}

static bool wants_init(const struct dlt_object *object)
{
	return !object->init_seq && !object->functions.init && !object->functions.init_count &&
	       is_told(object);
}

static bool wants_fini(const struct dlt_object *object)
{
	return !object->fini_seq && !object->functions.fini && !object->functions.fini_count &&
	       is_told(object);
}

/* The objects of a namespace in the order they are finalized, sorted anew when they changed. */
static struct dlt_object **sorted(uint32_t lmid, uint32_t *count)
{
	static uint32_t sorted_count, sorted_lmid, sorted_changes;

	*count = 0;
	if (!by_fini && !(by_fini = dlt_memory_reserve(OBJECTS_MAX * sizeof(*by_fini))))
		return NULL;
	if (sorted_changes != changes || sorted_lmid != lmid) {
		sorted_count = 0;
		for (uint32_t i = 0; i < order_count; i++)
			if (objects[order[i]].lmid == lmid)
				by_fini[sorted_count++] = &objects[order[i]];
		if (!dlt_order_sort(by_fini, sorted_count))
			return NULL;
		sorted_changes = changes;
		sorted_lmid = lmid;
	}
	*count = sorted_count;
	return by_fini;
}

static bool any(bool (*wants)(const struct dlt_object *))
{
	for (uint32_t i = 0; i < order_count; i++)
		if (wants(&objects[order[i]]))
			return true;
	return false;
}

void dlt_objects_deduce_inits(const struct dlt_object *object)
{
	const struct dlt_scope *top = dlt_scope_top;
	uint32_t count = 0;
	struct dlt_object **all =
		any(wants_init) ? sorted(object ? object->lmid : 0, &count) : NULL;

	while (all && count-- > 0 && all[count] != object)
		if (wants_init(all[count]))
			dlt_lifecycle_deduce(DLT_WIRE_INIT, all[count], top ? top->seq : 0,
					     DLT_WIRE_PHASE_CONSTRUCTOR);
}

void dlt_objects_deduce_finis(const struct dlt_object *object, uint64_t parent)
{
	uint32_t count = 0;
	struct dlt_object **all =
		any(wants_fini) ? sorted(object ? object->lmid : 0, &count) : NULL;

	for (uint32_t i = 0; all && i < count && all[i] != object; i++)
		if (wants_fini(all[i]))
			dlt_lifecycle_deduce(DLT_WIRE_FINI, all[i], parent,
					     DLT_WIRE_PHASE_EXIT_FINI);
}

/* MARK: when to compare */

static int compare_if_counts_changed(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	if (info->dlpi_adds != last_adds || info->dlpi_subs != last_subs) {
		last_adds = info->dlpi_adds;
		last_subs = info->dlpi_subs;
		compare();
	}
	return 1; /* the first object tells as much as all */
}

static bool begin_comparing(void)
{
	enum { ATTEMPTS = 200 };
	uint32_t me = dlt_thread_id();

	for (int i = 0; i < ATTEMPTS; i++) {
		uint32_t nobody = 0;

		if (atomic_compare_exchange_strong(&comparing_tid, &nobody, me))
			return true;
		if (nobody == me)
			return false; /* a signal's handler in the middle of it: done again
					 afterwards */
		sched_yield();
	}
	return false;
}

static void compare_and_write(bool told)
{
	int saved_errno = errno;

	atomic_store(&compare_again, true);
	while (atomic_load(&compare_again) && begin_comparing()) {
		atomic_store(&compare_again, false);
		if (told)
			compare(); /* the loader calls with its lists locked (dl_load_lock) */
		else
			dl_iterate_phdr(compare_if_counts_changed, NULL);
		write_changes();
		atomic_store(&comparing_tid, 0);
	}
	errno = saved_errno;
}

/* What the loader calls in place of its empty _dl_debug_state, at each change of its lists. */
static void on_loader_change(void)
{
	if (dlt_process.traced)
		compare_and_write(true);
}

/*
 * Asks the loader to tell: it calls an empty function for debuggers to set a breakpoint on, r_brk
 * of struct r_debug
 * (<link.h>, elf/dl-debug.c), which becomes a jump to ours. In a thread's own dlopen and dlclose
 * that is right after objects were mapped, before they are relocated and initialized, and right
 * after they were unmapped; nothing of the loader's escapes it.
 */
static bool watch(void)
{
	uint8_t *function = (uint8_t *)debug_head->base.r_brk;
	uint64_t mask = ~(uint64_t)(dlt_process.page_bytes - 1);
	uint64_t start = (uint64_t)(uintptr_t)function & mask;
	uint64_t end = ((uint64_t)(uintptr_t)(function + DLT_JUMP_BYTES) + ~mask) & mask;

	if (!function || !dlt_arch_is_empty_function(function))
		return false; /* another C library, or a debugger's breakpoint */
	if (mprotect((void *)(uintptr_t)start, end - start, PROT_READ | PROT_WRITE))
		return false;
	dlt_arch_make_jump(function, (const void *)on_loader_change);
	return !mprotect((void *)(uintptr_t)start, end - start, PROT_READ | PROT_EXEC);
}

void dlt_objects_start(void)
{
	objects = dlt_memory_reserve(OBJECTS_MAX * sizeof(*objects));
	order = dlt_memory_reserve(OBJECTS_MAX * sizeof(*order));
	next_order = dlt_memory_reserve(OBJECTS_MAX * sizeof(*next_order));
	debug_head =
		dlt_hooks_symbol("_r_debug"); /* r_version says how much of it is there, <link.h> */
	if (!objects || !order || !next_order || !debug_head) {
		debug_head = NULL;
		return;
	}
	compare_and_write(false);
	watching = watch();
	at_start = false;
	/* ld.so is the first to be initialized */
	dlt_lifecycle_deduce(DLT_WIRE_INIT, dlt_objects_loader(), 0, DLT_WIRE_PHASE_CONSTRUCTOR);
	if (!watching)
		dlt_debug("the loader is polled for changes", "");
}

void dlt_objects_poll(void)
{
	if (!watching && debug_head)
		compare_and_write(false);
}

void dlt_objects_before_fork(void)
{
	begin_comparing();
}

void dlt_objects_after_fork(void)
{
	atomic_store(&comparing_tid, 0);
}
