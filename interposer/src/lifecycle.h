/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An object's init and fini functions. The entries of its dynamic section that lead the loader to
 * them (DT_INIT, DT_INIT_ARRAY, DT_FINI, DT_FINI_ARRAY) are rewritten, in memory, to lead to thunks
 * of ours: the loader reads them when it calls (elf/dl-init.c, elf/dl-fini.c), so it calls us in
 * its own order.
 */
#ifndef DLT_LIFECYCLE_H
#define DLT_LIFECYCLE_H

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

struct dlt_elf;
struct dlt_object;

/*
 * Rewrites the dynamic section. `fresh`: the loader has just mapped the object and not yet
 * relocated it.
 */
void dlt_lifecycle_hook(struct dlt_object *object, uint32_t number, const struct dlt_elf *elf,
			bool fresh);

/* Writes INIT or FINI, and its END, of an object without such functions that were seen. */
void dlt_lifecycle_deduce(uint16_t kind, struct dlt_object *object, uint64_t parent,
			  uint16_t phase);

/* The thunks' common part. */
void dlt_lifecycle_run(int argc, char **argv, char **envp, uint32_t thunk);
#endif

/*
 * Each object has DLT_THUNKS_AN_OBJECT thunks, so this many objects can be hooked at a time: a
 * fourth.
 */
#define DLT_THUNKS 16384

#endif
