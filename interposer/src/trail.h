/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last walk of each thread. The outer frames of the next one mostly are the same, and then need
 * not be walked, but compared: every word of the stack that the walk has read, where it has read
 * it.
 */
#ifndef DLT_TRAIL_H
#define DLT_TRAIL_H

#include <stdbool.h>
#include <stdint.h>

/* A frame as the walk came to it, and where its row has the caller's frame pointer. */
struct dlt_trail_frame {
	uint64_t pc, sp, fp;
	uint64_t fp_at; /* 0: in its register still */
};

enum { DLT_TRAIL_FRAMES = 40 };

struct dlt_trail {
	uint64_t thread; /* whose walk it was: its control block */
	uint64_t gadget; /* at which it would have ended */
	uint32_t rows;	 /* dlt_rows_forgotten then */
	uint32_t count;
	struct dlt_trail_frame frames[DLT_TRAIL_FRAMES]; /* from the innermost; sp grows */
};

/*
 * This thread's trail, or the one that is to become it, until it is left; NULL where it is in use,
 * by a thread that shares it or by this one, in whose middle a signal came. Async-signal-safe.
 */
struct dlt_trail *dlt_trail_enter(void);
void dlt_trail_leave(struct dlt_trail *trail);

#endif
