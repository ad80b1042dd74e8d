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

/* A word of a mapped object and what it is to be. */
struct dlt_word {
	uint64_t *at, value;
};

/*
 * Writes words of one segment of the object; false where the system refuses, and nothing is
 * written. `fresh`: the object is not relocated yet, so that RELRO does not count.
 */
bool dlt_pages_write(const struct dlt_elf *elf, uint64_t base, const struct dlt_word *words,
		     unsigned count, bool fresh);

/* Between them, in one thread, writing is made cheap for many objects. */
void dlt_pages_begin_many(void);
void dlt_pages_end_many(void);

#endif
