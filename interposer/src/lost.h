/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LOST record of a process whose records go elsewhere than into mapped files, in a mapped place
 * that outlives the process. Its seq stays above all that were given out: whoever reads it once the
 * process is gone knows what never arrived, whatever became of the rest.
 */
#ifndef DLT_LOST_H
#define DLT_LOST_H

#include <stdbool.h>

#include "dltrace_wire.h"

enum { DLT_LOST_BYTES = sizeof(struct dlt_wire_header) + sizeof(struct dlt_wire_lost) };

/* In a forked child, which has none yet. */
void dlt_lost_forked(void);

/* Lays it out in DLT_LOST_BYTES of memory, where it stays. All of these are async-signal-safe. */
void dlt_lost_begin(void *memory);
bool dlt_lost_has_begun(void);

/* A record was given a seq and goes to the pipe, to an ordinary file or nowhere. */
void dlt_lost_note(void);

/* A record went nowhere. */
void dlt_lost_count(void);

#endif
