/* SPDX-License-Identifier: Apache-2.0 */
/* Protected pages of a mapped object; see pages.h. */
#include "pages.h"

#include <string.h>

#include "elf_object.h"
#include "process.h"
#include "system.h"

/* The process's memory as a file, /proc/self/mem, in which no page is protected; or negative. */
static int memory = -1;

/* Addresses of whole pages; start is end where there are none. */
struct pages {
	uint64_t start, end;
};

/* The pages of [from, to), in one segment, that can't be written. */
static struct pages protected_pages(const struct dlt_elf *elf, uint64_t base, const void *from,
				    const void *to, bool fresh)
{
	uint64_t first = (uint64_t)(uintptr_t)from, last = (uint64_t)(uintptr_t)to;
	struct pages all = { dlt_page_of(first), dlt_page_of(last + dlt_process.page_bytes - 1) };
	struct pages result = all;

	for (unsigned i = 0; i < elf->header_count; i++) {
		const ElfW(Phdr) *h = &elf->headers[i];

		if (h->p_type == PT_LOAD && (h->p_flags & PF_W) && first >= base + h->p_vaddr &&
		    first < base + h->p_vaddr + h->p_memsz)
			result.end = result.start;
	}
	for (unsigned i = 0; i < elf->header_count && !fresh; i++) {
		const ElfW(Phdr) *h = &elf->headers[i];
		/* rounded as _dl_protect_relro does, elf/dl-reloc.c */
		uint64_t start = dlt_page_of(base + h->p_vaddr);
		uint64_t end = dlt_page_of(base + h->p_vaddr + h->p_memsz);

		if (h->p_type != PT_GNU_RELRO || start >= all.end || end <= all.start)
			continue;
		result.start = start > all.start ? start : all.start;
		result.end = end < all.end ? end : all.end;
	}
	return result;
}

static void store(const struct dlt_word *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		*words[i].at = words[i].value;
}

/* One call, where unprotecting and protecting again are two that split a mapping and join it. */
static bool write_to_memory(const uint64_t *first, const uint64_t *end,
			    const struct dlt_word *words, unsigned count)
{
	uint64_t copy[128];
	size_t size = (size_t)(end - first) * sizeof(copy[0]);

	if (memory < 0 || size > sizeof(copy))
		return false;
	memcpy(copy, first, size);
	for (unsigned i = 0; i < count; i++)
		copy[words[i].at - first] = words[i].value;
	return dlt_write_at(memory, copy, size, (uint64_t)(uintptr_t)first) == (long)size;
}

bool dlt_pages_write(const struct dlt_elf *elf, uint64_t base, const struct dlt_word *words,
		     unsigned count, bool fresh)
{
	const uint64_t *first = words[0].at, *last = first;
	struct pages pages;

	for (unsigned i = 1; i < count; i++) {
		first = words[i].at < first ? words[i].at : first;
		last = words[i].at > last ? words[i].at : last;
	}
	pages = protected_pages(elf, base, first, last + 1, fresh);
	if (pages.start == pages.end) {
		store(words, count);
		return true;
	}
	if (write_to_memory(first, last + 1, words, count))
		return true;
	/* Not for long: another thread's fault there would not happen meanwhile. */
	if (dlt_mprotect(pages.start, pages.end - pages.start, PROT_READ | PROT_WRITE))
		return false;
	store(words, count);
	dlt_mprotect(pages.start, pages.end - pages.start, PROT_READ);
	return true;
}

/* Under an emulator the file may be another process's memory than this one thinks it has. */
static bool is_own(int fd)
{
	const uint64_t here[] = { dlt_process.stream, (uint64_t)(uintptr_t)&here };
	uint64_t there[2] = { 0 };

	return dlt_read_at(fd, there, sizeof(there), (uint64_t)(uintptr_t)here) == sizeof(there) &&
	       !memcmp(here, there, sizeof(here));
}

void dlt_pages_begin_many(void)
{
	memory = dlt_open("/proc/self/mem", O_RDWR | O_CLOEXEC, 0);
	if (memory >= 0 && !is_own(memory))
		dlt_pages_end_many();
}

void dlt_pages_end_many(void)
{
	if (memory >= 0)
		dlt_close(memory);
	memory = -1;
}
