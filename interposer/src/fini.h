/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fini functions: entries of DT_FINI_ARRAY and DT_FINI are rewritten, in memory, to thunks of ours, so
 * that the loader calls us in its own order (elf/dl-fini.c, elf/dl-close.c read them at that moment).
 */
#ifndef DLT_FINI_H
#define DLT_FINI_H

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

#include "elf_object.h"

struct dlt_object;

/*
 * Rewrites the object's fini functions. False when it can't be done yet (not relocated) and is to be tried again.
 * Call while scanning only, with the loader's lists locked.
 */
bool dlt_fini_hook(struct dlt_object *object);

/* Whether the object at `map` has our thunks. */
bool dlt_fini_is_hooked(const struct link_map *map, const struct dlt_elf *elf);

/* Gives the slots of an object that is gone back. Call while scanning only. */
void dlt_fini_release(struct dlt_object *object);

/* Writes FINI and its END for an object without a fini function that could be seen. */
void dlt_fini_deduce(uint32_t generation, uint64_t parent, uint16_t phase);

/* The thunks' common part: runs the fini function of a slot. */
void dlt_fini_run(uint32_t slot);
#endif

#define DLT_FINI_SLOTS 16384

#endif
