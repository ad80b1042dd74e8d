/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where records go that find no room in a mapped file (segment.h): the collector's pipe, or a file
 * that they are appended to.
 */
#ifndef DLT_CHANNEL_H
#define DLT_CHANNEL_H

#include <stddef.h>

/* Once, at start: remembers the places that the environment names. Reads the environment. */
void dlt_channel_configure(void);

/* In a forked child: the next write opens anew. */
void dlt_channel_forked(void);

/*
 * One record, whole, in one write. A full pipe is waited for, DLT_CHANNEL_PATIENCE_MS in all; after
 * that, and when the collector is gone, the rest of this process goes to its spill file. A record
 * that fits nowhere is missing in the sequence of seqs. Async-signal-safe; the program sees no
 * SIGPIPE and no SIGXFSZ.
 */
void dlt_channel_write(const void *bytes, size_t size);

/* Before a call after which the place may be out of reach: opens it and keeps it open. */
void dlt_channel_keep(void);

/* From now on nothing is opened: a sandbox may kill for it. */
void dlt_channel_seal(void);

/* A stuck collector is to cost 100 ms at most, and the last wait may end late. */
enum { DLT_CHANNEL_PATIENCE_MS = 90 };

#endif
