/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an unload leaves behind. Right after the UNLOADs of a change, each keeper (of threads, of
 * registrations) is asked what of its own still refers to the objects that are gone, and says it in
 * LEFT records. One thread at a time (watch.c); no lock of the loader's is to be taken.
 */
#ifndef DLT_LEFT_H
#define DLT_LEFT_H

#include <stddef.h>
#include <stdint.h>

#include "dltrace_wire.h"
#include "unwind.h"

struct dlt_object;

/* An object that goes. */
struct dlt_gone {
	uint64_t start, end;
	uint32_t generation;
};

/* Notes an object whose UNLOAD was written. */
void dlt_left_note(const struct dlt_object *object);

/* Asks all keepers for what refers to the noted objects, and forgets these. */
void dlt_left_ask(void);

/* What all noted objects lay between. */
extern struct dlt_left_range {
	uint64_t start, end;
} dlt_left_range;

const struct dlt_gone *dlt_left_find(uint64_t address); /* for dlt_left_gone alone */

/* For keepers: the noted object that an address lay in; NULL if it lay in none. */
static inline const struct dlt_gone *dlt_left_gone(uint64_t address)
{
	return address < dlt_left_range.start || address >= dlt_left_range.end
		       ? NULL
		       : dlt_left_find(address);
}

/*
 * For keepers: writes LEFT beneath the innermost scope. `stack` and `text` may be NULL; they fill
 * the body's `stack` and `text_bytes`. Async-signal-safe.
 */
void dlt_left_emit(struct dlt_wire_left body, const struct dlt_stack *stack, const char *text);

#endif
