/* SPDX-License-Identifier: Apache-2.0 */
/* The table of objects and who is who in it; see objects.h. */
#include "objects.h"

#include "dltrace_wire.h"
#include "memory.h"

struct dlt_objects dlt_objects = { .at_start = true };

bool dlt_objects_start(void)
{
	dlt_objects.entries = dlt_memory_reserve(DLT_OBJECTS_MAX * sizeof(*dlt_objects.entries));
	dlt_objects.order = dlt_memory_reserve(DLT_OBJECTS_MAX * sizeof(*dlt_objects.order));
	return dlt_objects.entries && dlt_objects.order;
}

struct dlt_object *dlt_objects_take(void)
{
	for (uint32_t i = 0; i < dlt_objects.used; i++)
		if (!dlt_objects.entries[i].map)
			return &dlt_objects.entries[i];
	return dlt_objects.used < DLT_OBJECTS_MAX ? &dlt_objects.entries[dlt_objects.used++] : NULL;
}

struct dlt_object *dlt_objects_by_handle(const void *handle)
{
	for (uint32_t i = 0; handle && i < dlt_objects.used; i++)
		if (dlt_objects.entries[i].map == handle)
			return &dlt_objects.entries[i];
	return NULL;
}

struct dlt_object *dlt_objects_by_number(uint32_t number)
{
	return &dlt_objects.entries[number];
}

struct dlt_object *dlt_objects_by_address(uint64_t address)
{
	for (uint32_t i = 0; i < dlt_objects.used; i++)
		if (dlt_objects.entries[i].map && address >= dlt_objects.entries[i].start &&
		    address < dlt_objects.entries[i].end)
			return &dlt_objects.entries[i];
	return NULL;
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
