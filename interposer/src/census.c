/* SPDX-License-Identifier: Apache-2.0 */
/* The search for addresses that dangle; see census.h. */
#include "census.h"

#include <stddef.h>
#include <string.h>

#include "dltrace_wire.h"
#include "elf_object.h"
#include "left.h"
#include "objects.h"
#include "process.h"
#include "system.h"

/* More than these of one unload tell nothing new. */
enum { FOUND_MAX = 256 };

static bool on;

/* One search: in what, for what lies between which addresses, and what it has found. */
struct search {
	const struct dlt_object *holder;
	unsigned found;
};

void dlt_census_configure(void)
{
	const char *value = dlt_environment("DLTRACE_CENSUS");

	on = value && *value && strcmp(value, "0");
}

bool dlt_census_is_on(void)
{
	return on;
}

static void note(struct search *search, uint64_t holder, uint64_t address)
{
	const struct dlt_gone *gone = dlt_left_gone(address);

	if (!gone)
		return;
	dlt_left_emit(
		(struct dlt_wire_left){
			.address = address,
			.holder = holder,
			.generation = gone->generation,
			.holder_generation = search->holder->generation,
			.type = DLT_WIRE_REF_POINTER,
		},
		NULL, NULL);
	search->found++;
}

/* The words of [from, to), page by page: the program may have protected some. */
static void search_words(struct search *search, uint64_t from, uint64_t to)
{
	const struct dlt_left_range range = dlt_left_range;

	from = (from + 7) & ~(uint64_t)7;
	while (from && from + 8 <= to && search->found < FOUND_MAX) {
		uint64_t page_end = (from | (dlt_process.page_bytes - 1)) + 1;
		uint64_t end = page_end < to ? page_end : to;

		if (dlt_is_readable(from))
			for (uint64_t at = from; at + 8 <= end; at += 8) {
				uint64_t word = *(const volatile uint64_t *)(uintptr_t)at;

				if (word >= range.start && word < range.end)
					note(search, at, word);
			}
		from = page_end;
	}
}

/*
 * The writable segments, without what is read-only since relocation: those words the loader knows.
 */
static void search_object(struct search *search)
{
	uint64_t base = search->holder->base, read_only_end = 0, read_only_start = 0;
	struct dlt_elf elf;

	if (!dlt_elf_read(search->holder->map, &elf))
		return;
	for (unsigned i = 0; i < elf.header_count; i++) {
		if (elf.headers[i].p_type != PT_GNU_RELRO)
			continue;
		read_only_start = base + elf.headers[i].p_vaddr;
		read_only_end = dlt_page_of(read_only_start + elf.headers[i].p_memsz);
	}
	for (unsigned i = 0; i < elf.header_count; i++) {
		const ElfW(Phdr) *h = &elf.headers[i];
		uint64_t from = base + h->p_vaddr, to = from + h->p_memsz;

		if (h->p_type != PT_LOAD || !(h->p_flags & PF_W))
			continue;
		if (read_only_start >= from && read_only_end > from && read_only_end <= to) {
			search_words(search, from, read_only_start);
			from = read_only_end;
		}
		search_words(search, from, to);
	}
}

void dlt_census_left(void)
{
	struct search search = { 0 };

	if (!on)
		return;
	for (uint32_t i = 0; i < dlt_objects.count; i++) {
		search.holder = dlt_objects_at(i);
		/* Of the loader's and the tracer's own memory nobody follows stale addresses. */
		if (search.holder->origin != DLT_WIRE_ORIGIN_LOADER &&
		    search.holder->origin != DLT_WIRE_ORIGIN_TRACER &&
		    search.holder->origin != DLT_WIRE_ORIGIN_VDSO)
			search_object(&search);
	}
}
