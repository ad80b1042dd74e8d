/* SPDX-License-Identifier: Apache-2.0 */
/* Protected pages of a mapped object; see pages.h. */
#include "pages.h"

#include "elf_object.h"
#include "process.h"
#include "system.h"

static uint64_t page_down(uint64_t address)
{
	return address & ~(uint64_t)(dlt_process.page_bytes - 1);
}

struct dlt_pages dlt_pages_protected(const struct dlt_elf *elf, uint64_t base, const void *from,
				     const void *to, bool fresh)
{
	uint64_t first = (uint64_t)(uintptr_t)from, last = (uint64_t)(uintptr_t)to;
	struct dlt_pages all = { page_down(first), page_down(last + dlt_process.page_bytes - 1) };
	struct dlt_pages result = all;

	for (unsigned i = 0; i < elf->header_count; i++) {
		const ElfW(Phdr) *h = &elf->headers[i];

		if (h->p_type == PT_LOAD && (h->p_flags & PF_W) && first >= base + h->p_vaddr &&
		    first < base + h->p_vaddr + h->p_memsz)
			result.end = result.start;
	}
	for (unsigned i = 0; i < elf->header_count && !fresh; i++) {
		const ElfW(Phdr) *h = &elf->headers[i];
		/* rounded as _dl_protect_relro does, elf/dl-reloc.c */
		uint64_t start = page_down(base + h->p_vaddr);
		uint64_t end = page_down(base + h->p_vaddr + h->p_memsz);

		if (h->p_type != PT_GNU_RELRO || start >= all.end || end <= all.start)
			continue;
		result.start = start > all.start ? start : all.start;
		result.end = end < all.end ? end : all.end;
	}
	return result;
}

static bool set(const struct dlt_pages *pages, int protection)
{
	size_t bytes = pages->end - pages->start;

	return !bytes || !dlt_mprotect(pages->start, bytes, protection);
}

bool dlt_pages_unprotect(const struct dlt_pages *pages)
{
	return set(pages, PROT_READ | PROT_WRITE);
}

void dlt_pages_protect(const struct dlt_pages *pages)
{
	set(pages, PROT_READ);
}
