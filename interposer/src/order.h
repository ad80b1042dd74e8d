/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader's own order of a namespace's objects: dependents before what they need, as glibc 2.35
 * and later sort them to finalize them, and the reverse to initialize them (_dl_sort_maps_dfs,
 * elf/dl-sort-maps.c).
 */
#ifndef DLT_ORDER_H
#define DLT_ORDER_H

#include <stdbool.h>
#include <stdint.h>

struct dlt_object;

/* Once, at start: takes the memory that sorting needs. */
void dlt_order_start(void);

/*
 * Sorts `count` objects, given in the loader's list order, as they are finalized. False without
 * memory. For the one thread that the loader's lock lets in. Objects must be loaded: reads their
 * DT_NEEDED.
 */
bool dlt_order_sort(struct dlt_object **objects, uint32_t count);

/*
 * What a DT_NEEDED entry is matched by: a hash of the soname, or of the file's name where there is
 * none.
 */
uint64_t dlt_order_name(const char *soname, const char *path);

#endif
