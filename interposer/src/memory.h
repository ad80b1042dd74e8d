/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of the interposer's own, from mmap(2): the program's malloc is never called. */
#ifndef DLT_MEMORY_H
#define DLT_MEMORY_H

#include <stddef.h>

/*
 * Grows up to a reserved size; what was taken stays where it is until the clear. Not thread-safe.
 */
struct dlt_memory {
	char *start, *next, *end;
};

/* Zeroed address space; a page takes memory when it is first touched. NULL if there is none. */
void *dlt_memory_reserve(size_t bytes);

/* Zeroed bytes, packed without gaps for items of one size; NULL when all is taken. */
void *dlt_memory_take(struct dlt_memory *memory, size_t bytes);

/* A copy of `bytes` bytes right behind the last one; NULL when all is taken. */
const char *dlt_memory_text(struct dlt_memory *memory, const char *text, size_t bytes);

/* Gives everything back for new use. */
void dlt_memory_clear(struct dlt_memory *memory);

#endif
