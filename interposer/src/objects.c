/* SPDX-License-Identifier: Apache-2.0 */
/* The table of objects and who is who in it; see objects.h. */
#include "objects.h"

#include <stdatomic.h>

#include "dltrace_wire.h"
#include "memory.h"
#include "unwind.h"

struct dlt_objects dlt_objects = { .at_start = true };

bool dlt_objects_start(void)
{
	dlt_objects.entries = dlt_memory_reserve(DLT_OBJECTS_MAX * sizeof(*dlt_objects.entries));
	dlt_objects.order = dlt_memory_reserve(DLT_OBJECTS_MAX * sizeof(*dlt_objects.order));
	return dlt_objects.entries && dlt_objects.order;
}

/* MARK: by handle */

/*
 * 1 + an entry's number, in one of TRIES places from where its handle leads. Link maps are more
 * than a KiB apart, and malloc lays them side by side: few places are shared, few pages touched.
 */
enum { PLACES = 4 * DLT_OBJECTS_MAX, TRIES = 8, HANDLE_BITS = 8 };

static _Atomic uint16_t places[PLACES];
static bool crowded; /* there once was no place for one */

static _Atomic uint16_t *place_of(const void *handle, unsigned attempt)
{
	return &places[(((uintptr_t)handle >> HANDLE_BITS) + attempt) % PLACES];
}

/* Makes the place that holds one number hold another. */
static bool replace(const void *handle, uint16_t number, uint16_t by)
{
	for (unsigned i = 0; i < TRIES; i++) {
		_Atomic uint16_t *place = place_of(handle, i);

		if (atomic_load_explicit(place, memory_order_relaxed) == number) {
			atomic_store_explicit(place, by, memory_order_relaxed);
			return true;
		}
	}
	return false;
}

struct dlt_object *dlt_objects_by_handle(const void *handle)
{
	for (unsigned i = 0; handle && i < TRIES; i++) {
		uint16_t number = atomic_load_explicit(place_of(handle, i), memory_order_relaxed);

		if (number && dlt_objects.entries[number - 1].map == handle)
			return &dlt_objects.entries[number - 1];
	}
	for (uint32_t i = 0; handle && crowded && i < dlt_objects.used; i++)
		if (dlt_objects.entries[i].map == handle)
			return &dlt_objects.entries[i];
	return NULL;
}

/* MARK: entries */

static uint32_t first_free; /* 1 + number; 0: none before `used` */

struct dlt_object *dlt_objects_take(const struct link_map *map)
{
	struct dlt_object *object;

	if (first_free) {
		object = &dlt_objects.entries[first_free - 1];
		first_free = object->next_free;
	} else if (dlt_objects.used < DLT_OBJECTS_MAX) {
		object = &dlt_objects.entries[dlt_objects.used++];
	} else {
		return NULL;
	}
	if (!replace(map, 0, (uint16_t)(object - dlt_objects.entries + 1)))
		crowded = true;
	return object;
}

void dlt_objects_give_back(struct dlt_object *object)
{
	uint32_t number = (uint32_t)(object - dlt_objects.entries) + 1;

	replace(object->map, (uint16_t)number, 0);
	object->map = NULL;
	object->next_free = first_free;
	first_free = number;
}

/* MARK: others */

struct dlt_object *dlt_objects_at(uint32_t place)
{
	return &dlt_objects.entries[dlt_objects.order[place].number];
}

struct dlt_object *dlt_objects_by_number(uint32_t number)
{
	return &dlt_objects.entries[number];
}

/* MARK: by address */

static bool covers(const struct dlt_object *object, uint64_t address)
{
	return object->map && address >= object->start && address < object->end;
}

/* The loader finds it in all but new objects before their constructors, and the vdso. */
static struct dlt_object *find(uint64_t address)
{
	struct dlt_object *object = dlt_objects_by_handle(dlt_unwind_link_map(address));

	if (object && covers(object, address))
		return object;
	for (uint32_t i = 0; i < dlt_objects.used; i++)
		if (covers(&dlt_objects.entries[i], address))
			return &dlt_objects.entries[i];
	return NULL;
}

struct dlt_object *dlt_objects_by_address(uint64_t address)
{
	enum { HINTS = 64, PAGE_BITS = 12 };
	static _Atomic uint16_t hints[HINTS]; /* where an address of such a page lay last */
	_Atomic uint16_t *hint = &hints[(address >> PAGE_BITS) % HINTS];
	uint16_t number = atomic_load_explicit(hint, memory_order_relaxed);
	struct dlt_object *object = &dlt_objects.entries[number];

	if (number < dlt_objects.used && covers(object, address))
		return object;
	object = find(address);
	if (object)
		atomic_store_explicit(hint, (uint16_t)(object - dlt_objects.entries),
				      memory_order_relaxed);
	return object;
}

static struct dlt_object *by_origin(uint16_t origin)
{
	for (uint32_t i = 0; i < dlt_objects.used; i++)
		if (dlt_objects.entries[i].map && dlt_objects.entries[i].origin == origin)
			return &dlt_objects.entries[i];
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
