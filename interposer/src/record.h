/* SPDX-License-Identifier: Apache-2.0 */
/* From an event to records in the channel: header, sequence number, parts. */
#ifndef DLT_RECORD_H
#define DLT_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "unwind.h"

enum { DLT_BODY_PIECES = 6 };

/*
 * An event to be written: its header's fields and the pieces of its body, which stay the caller's.
 */
struct dlt_event {
	uint16_t kind;	/* enum dlt_wire_kind */
	uint16_t phase; /* enum dlt_wire_phase */
	uint32_t tid;	/* 0: this thread */
	uint64_t parent;
	size_t size; /* of the body */
	unsigned pieces;
	struct {
		const void *bytes;
		size_t size;
	} body[DLT_BODY_PIECES];
};

/* An event beneath the innermost scope, its body begun with `fixed`. */
struct dlt_event dlt_event_here(uint16_t kind, const void *fixed, size_t size);

void dlt_event_add(struct dlt_event *event, const void *bytes, size_t size);

/*
 * Writes the event and returns its seq. Errno is kept. Allocates nothing, takes no lock,
 * async-signal-safe, may be re-entered.
 */
uint64_t dlt_emit(const struct dlt_event *event);

/*
 * Write DLOPEN, DLMOPEN, DLCLOSE, EXIT and THREAD beneath the innermost scope, with the stack of
 * the hook's caller.
 */
uint64_t dlt_emit_open(uint16_t kind, int64_t lmid, const char *name, int flags);
uint64_t dlt_emit_close(const void *handle, uint32_t generation);
uint64_t dlt_emit_exit(int status, uint32_t how);
uint64_t dlt_emit_thread(uint64_t function, uint64_t argument, uint32_t generation);

/*
 * Write REGISTER and STALE in the same way; the records' `stack` and text's size are filled. `text`
 * may be NULL.
 */
uint64_t dlt_emit_register(struct dlt_wire_register record, const char *text);
uint64_t dlt_emit_stale(struct dlt_wire_stale record, const char *name);

/* REGISTER with the frames that its `stack` counts, or none: needs little stack itself. */
uint64_t dlt_emit_register_only(struct dlt_wire_register record, const uint64_t *frames,
				const char *text);

/* Writes FORK, in the parent. */
void dlt_emit_fork(uint64_t child_stream);

/* Writes the END of the event `seq`. */
void dlt_emit_end(uint64_t seq, uint64_t result, uint32_t generation, const char *text);

#endif
