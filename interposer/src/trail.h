/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The usual part of a walk: through a stack that is known to be mapped, by rows from the cache. Of
 * each thread's last walk a trail is kept: the outer frames of the next one mostly are the same,
 * and then need not be walked, but compared, every word of the stack that was read where it was
 * read. Async-signal-safe.
 */
#ifndef DLT_TRAIL_H
#define DLT_TRAIL_H

#include <stdint.h>

struct dlt_cursor;
struct dlt_stack;

/*
 * Walks from the cursor's frame, the return address of a call, to the first frame that takes more
 * than that, or that is this library's or returns to `gadget`; adds those that it has passed.
 */
void dlt_trail_walk(struct dlt_cursor *c, struct dlt_stack *stack, uint64_t gadget);

#endif
