/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing to a mapped object's pages that are read-only: by their segment, or since their
 * relocation (RELRO).
 */
#ifndef DLT_PAGES_H
#define DLT_PAGES_H

#include <stdbool.h>
#include <stdint.h>

struct dlt_elf;

/* Addresses of whole pages; start is end where there are none. */
struct dlt_pages {
	uint64_t start, end;
};

/*
 * The pages of [from, to), in one segment of the object, that can't be written. `fresh`: the object
 * is not relocated yet, so that RELRO does not count.
 */
struct dlt_pages dlt_pages_protected(const struct dlt_elf *elf, uint64_t base, const void *from,
				     const void *to, bool fresh);

/*
 * False where the system refuses. Keep it short: another thread's fault there would not happen
 * meanwhile.
 */
bool dlt_pages_unprotect(const struct dlt_pages *pages);
void dlt_pages_protect(const struct dlt_pages *pages);

#endif
