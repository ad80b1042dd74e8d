/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks and runs the loader's fini functions; see fini.h. */
#include "fini.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../arch/arch.h"
#include "dltrace_wire.h"
#include "exit.h"
#include "function.h"
#include "objects.h"
#include "process.h"
#include "record.h"
#include "scope.h"
#include "unwind.h"

enum { THUNK_BYTES = 16 };

/* One hooked fini function. Slot 0 is never used: 0 means none. */
static struct slot {
	void (*function)(void);
	struct dlt_object *object;
	uint32_t next; /* slot of the same object */
	uint16_t type; /* enum dlt_wire_function_type */
} slots[DLT_FINI_SLOTS];

static uint32_t used_slots = 1, free_slots;

static uint64_t thunk_of(uint32_t slot)
{
	return (uint64_t)(uintptr_t)dlt_fini_thunks + (uint64_t)slot * THUNK_BYTES;
}

static bool is_thunk(uint64_t address)
{
	return address - thunk_of(0) < (uint64_t)DLT_FINI_SLOTS * THUNK_BYTES;
}

static uint32_t take_slot(void)
{
	uint32_t slot = free_slots;

	if (slot)
		free_slots = slots[slot].next;
	else if (used_slots < DLT_FINI_SLOTS)
		slot = used_slots++;
	return slot;
}

static uint32_t add_slot(struct dlt_object *object, uint64_t function, uint16_t type)
{
	uint32_t slot = take_slot();

	if (!slot)
		return 0;
	slots[slot] = (struct slot){
		.function = (void (*)(void))(uintptr_t)function,
		.object = object,
		.next = object->first_slot,
		.type = type,
	};
	object->first_slot = slot;
	object->functions_left++;
	return slot;
}

void dlt_fini_release(struct dlt_object *object)
{
	while (object->first_slot) {
		uint32_t slot = object->first_slot;

		object->first_slot = slots[slot].next;
		slots[slot] = (struct slot){ .next = free_slots };
		free_slots = slot;
	}
}

bool dlt_fini_is_hooked(const struct link_map *map, const struct dlt_elf *elf)
{
	if (elf->fini_count)
		return is_thunk(elf->fini_array[0]);
	return elf->fini && is_thunk(map->l_addr + *elf->fini);
}

/* MARK: writing into the object */

/* The pages that hold the words to rewrite, and whether the loader has made them read-only. */
struct pages {
	uint64_t start, end;
	bool read_only;
};

static void cover(struct pages *pages, const uint64_t *word, size_t count)
{
	uint64_t mask = ~(uint64_t)(dlt_process.page_bytes - 1);
	uint64_t start = (uint64_t)(uintptr_t)word & mask;
	uint64_t end = ((uint64_t)(uintptr_t)(word + count) + ~mask) & mask;

	if (!count)
		return;
	pages->start = start < pages->start ? start : pages->start;
	pages->end = end > pages->end ? end : pages->end;
}

static bool is_read_only(const struct dlt_elf *elf, uint64_t base, uint64_t address)
{
	uint64_t mask = ~(uint64_t)(dlt_process.page_bytes - 1);
	bool writable = false;

	for (unsigned i = 0; i < elf->header_count; i++) {
		const ElfW(Phdr) *h = &elf->headers[i];
		uint64_t start = base + h->p_vaddr, end = start + h->p_memsz;

		/* as _dl_protect_relro rounds, elf/dl-reloc.c */
		if (h->p_type == PT_GNU_RELRO && address >= (start & mask) && address < (end & mask))
			return true;
		if (h->p_type == PT_LOAD && address >= start && address < end)
			writable = h->p_flags & PF_W;
	}
	return !writable;
}

/* A relocated entry points to code; before its relocation it holds an offset or zero. */
static bool is_relocated(const struct dlt_elf *elf)
{
	for (size_t i = 0; i < elf->fini_count; i++)
		if (!dlt_unwind_map_start(elf->fini_array[i]))
			return false;
	return true;
}

static void poke(int memory, uint64_t *word, uint64_t value)
{
	if (memory < 0)
		*word = value;
	else if (pwrite(memory, &value, sizeof(value), (off_t)(uintptr_t)word) < 0)
		dlt_debug("cannot write to", "/proc/thread-self/mem");
}

static void rewrite(struct dlt_object *object, struct dlt_elf *elf, int memory)
{
	for (size_t i = 0; i < elf->fini_count; i++) {
		uint32_t slot = add_slot(object, elf->fini_array[i], DLT_WIRE_FINI_ARRAY);

		if (slot)
			poke(memory, &elf->fini_array[i], thunk_of(slot));
	}
	if (elf->fini) {
		uint32_t slot = add_slot(object, object->base + *elf->fini, DLT_WIRE_DT_FINI);

		if (slot)
			poke(memory, elf->fini, thunk_of(slot) - object->base);
	}
}

bool dlt_fini_hook(struct dlt_object *object)
{
	struct pages pages = { .start = ~(uint64_t)0 };
	struct dlt_elf elf;
	size_t bytes;

	if (!dlt_elf_read(object->map, &elf) || dlt_fini_is_hooked(object->map, &elf))
		return true;
	if (!is_relocated(&elf))
		return false;
	cover(&pages, elf.fini_array, elf.fini_count);
	cover(&pages, elf.fini, elf.fini != NULL);
	pages.read_only = is_read_only(&elf, object->base, pages.start) ||
			  is_read_only(&elf, object->base, pages.end - sizeof(uint64_t));
	bytes = pages.end - pages.start;
	if (!pages.read_only) {
		rewrite(object, &elf, -1);
	} else if (!object->load_call && !object->at_start) {
		/*
		 * The C library's own load, perhaps still relocating in another thread: the pages' protection is
		 * not ours to change. /proc/thread-self/mem writes whatever the protection is.
		 */
		int memory = open("/proc/thread-self/mem", O_WRONLY | O_CLOEXEC);

		if (memory < 0)
			return false;
		rewrite(object, &elf, memory);
		close(memory);
	} else if (!mprotect((void *)(uintptr_t)pages.start, bytes, PROT_READ | PROT_WRITE)) {
		rewrite(object, &elf, -1);
		mprotect((void *)(uintptr_t)pages.start, bytes, PROT_READ);
	}
	return true;
}

/* MARK: running */

void dlt_fini_deduce(uint32_t generation, uint64_t parent, uint16_t phase)
{
	struct dlt_wire_fini fini = { .generation = generation, .flags = DLT_WIRE_FINI_DEDUCED };
	struct dlt_event event = { .kind = DLT_WIRE_FINI, .parent = parent, .phase = phase };

	dlt_event_add(&event, &fini, sizeof(fini));
	dlt_emit_end(dlt_emit(&event), 0, 0, NULL);
}

/* Writes the object's FINI before its first function. */
static void begin_object(struct dlt_object *object)
{
	const struct dlt_scope *closing = dlt_scope_closing();
	struct dlt_wire_fini fini = { .generation = object->generation };
	struct dlt_event event = { .kind = DLT_WIRE_FINI };

	if (dlt_scope_top)
		event.parent = dlt_scope_top->seq;
	else
		event.parent = dlt_exit_seq();
	event.phase = closing || !event.parent ? DLT_WIRE_PHASE_DLCLOSE : DLT_WIRE_PHASE_EXIT_FINI;
	object->finalized_by = closing ? closing->seq : 0;
	object->fini_phase = event.phase;
	dlt_event_add(&event, &fini, sizeof(fini));
	object->fini_seq = dlt_emit(&event);
}

void dlt_fini_run(uint32_t n)
{
	struct slot *slot = &slots[n];
	struct dlt_object *object = slot->object;
	void (*function)(void) = slot->function;
	struct dlt_wire_function record;
	struct dlt_scope scope;

	if (!dlt_process.traced) {
		function();
		return;
	}
	if (!object->fini_seq)
		begin_object(object);
	record = (struct dlt_wire_function){
		.function = (uint64_t)(uintptr_t)function,
		.generation = object->generation,
		.type = slot->type,
	};
	dlt_function_begin(&scope, &record, object->fini_seq, object->fini_phase);
	function();
	dlt_function_end(&scope);
	if (!--object->functions_left)
		dlt_emit_end(object->fini_seq, 0, 0, NULL);
}
