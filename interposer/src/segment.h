/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spill files in shared mappings: a record is a copy into memory, without a system call, and is in
 * the file whatever becomes of the process. Full files are followed by others; no descriptor stays
 * open. docs/decisions/transport.md says why.
 */
#ifndef DLT_SEGMENT_H
#define DLT_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In a forked child, which has none of its parent's files. */
void dlt_segment_forked(void);

/*
 * Makes the next file now, since later no file may be made any more: another user, another root
 * folder, a sandbox.
 */
void dlt_segment_reserve(void);

/* From now on no file is made and none is unmapped: a sandbox may kill for it. */
void dlt_segment_seal(void);

/*
 * To be called before the last records: where somebody has removed the file that is being filled,
 * what is in it is written again, and goes on in another one.
 */
void dlt_segment_look_after(void);

/*
 * To be called for a SIGBUS: where the address is in a file that somebody has cut short, zeros take
 * the place of what is gone, records go on in another file, and true is returned: the access that
 * faulted works now. Async-signal-safe.
 */
bool dlt_segment_mend(uint64_t address);

/* Whether no record will be put into a file any more. */
bool dlt_segment_is_over(void);

/* Where an event's records go, between being given out and being filled. */
struct dlt_room {
	char *memory;
	size_t size;
	struct dlt_segment *segment;
};

/*
 * Gives out room for the records of one event, one behind the other. False where no file is to be
 * had: the disk is full, a limit is reached, or the folder is not there. Async-signal-safe, may be
 * re-entered, keeps the order of one thread.
 */
bool dlt_segment_take(struct dlt_room *room, size_t size);

/*
 * The room is filled, but for its first word, which is set last: a reader that finds `magic` finds
 * whole records. Async-signal-safe.
 */
void dlt_segment_give(const struct dlt_room *room, uint32_t magic);

#endif
