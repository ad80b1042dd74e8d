/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each thread is in the middle of: the chain of loader calls and destructors that have begun
 * and not ended. A scope lies in its hook's own stack frame.
 */
#ifndef DLT_SCOPE_H
#define DLT_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dlt_scope {
	uint64_t first_mark;
	uint64_t seq;	  /* of the event that began it; 0 if that was in the process this one was
			     forked from */
	uint64_t gadget;  /* the borrowed return address a call was made with, or 0 */
	uint16_t kind;	  /* enum dlt_wire_kind: DLOPEN, DLMOPEN, DLCLOSE, INIT, FUNCTION or EXIT */
	uint16_t phase;	  /* enum dlt_wire_phase of what happens beneath it */
	int flags;	  /* of a DLOPEN or DLMOPEN: RTLD_* as given */
	uint16_t type;	  /* of a FUNCTION: enum dlt_wire_function_type */
	uint64_t library; /* of a DLCLOSE: needed_as of what the handle is of (objects.h), or 0 */
	uint64_t last_mark;
};

/* The innermost scope of this thread; NULL outside all hooks. */
extern __thread struct dlt_scope *dlt_scope_top;

/*
 * Forgets the scopes that longjmp, an exception or pthread_exit left behind: those below the stack
 * pointer, or the frame, of what lives; and those whose stack was used for something else since.
 * Scopes on another stack (a signal's, a coroutine's) stay.
 */
struct dlt_scope *dlt_scope_drop_below(uintptr_t stack_pointer);

/* The same in a hook: below its own frame. */
static inline __attribute__((always_inline)) struct dlt_scope *dlt_scope_drop_abandoned(void)
{
	return dlt_scope_drop_below((uintptr_t)__builtin_frame_address(0));
}

/* Makes `scope` the innermost one. Async-signal-safe. */
void dlt_scope_enter(struct dlt_scope *scope);

/* Ends a scope, mostly the innermost one. Async-signal-safe. */
void dlt_scope_leave(struct dlt_scope *scope);

/* Whether another scope of this phase encloses it. */
bool dlt_scope_is_beneath(const struct dlt_scope *scope, uint16_t phase);

/* Whether it is a dlopen or dlmopen. */
bool dlt_scope_is_open(const struct dlt_scope *scope);

/* In a forked child: the scopes go on, but their events are the parent's. */
void dlt_scope_disown(void);

#endif
