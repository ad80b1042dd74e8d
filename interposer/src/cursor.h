/* SPDX-License-Identifier: Apache-2.0 */
/* Where a walk through a stack has got to, and what of the stack it may read. */
#ifndef DLT_CURSOR_H
#define DLT_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

/* A part of another thread's stack, read by a call that fails on a hole: it may end meanwhile. */
struct dlt_window {
	int memory; /* descriptor of /proc/self/mem */
	uint64_t start, end;
	uint64_t words[128];
};

/* The registers that carry a walk from frame to frame. */
struct dlt_cursor {
	uint64_t pc, sp, fp;
	uint64_t readable_from, readable_to; /* stack memory known to be mapped */
	const uint64_t *all; /* the interrupted frame's registers, in frame 0 of a signal's stack */
	bool exact;	     /* pc is the instruction itself, not a return address */
	bool guarded;	     /* read through dlt_read_word: the stack may be damaged */
	bool fp_lost;	     /* fp's value is not known */
	struct dlt_window *window; /* of another thread's stack; NULL: this thread's own */
};

/*
 * Finds out how far the stack at the cursor's sp can surely be read. The thread's own ends where
 * the kernel and glibc say; another one, as of a coroutine, is known to the end of its page.
 */
void dlt_cursor_know_stack(struct dlt_cursor *c);

/* Reads a word of the stack; false where there is none. */
bool dlt_cursor_read(struct dlt_cursor *c, uint64_t address, uint64_t *value);

/* A register's value in the current frame, by its DWARF number; false if it is not known. */
bool dlt_cursor_register(const struct dlt_cursor *c, unsigned reg, uint64_t *value);

#endif
