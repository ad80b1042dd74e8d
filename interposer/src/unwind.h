/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Backtraces from the unwind tables (.eh_frame) of the program's own objects. No allocation, no
 * lock, no system call on a thread's own stack. docs/decisions/unwinder.md says why it is not
 * libunwind.
 */
#ifndef DLT_UNWIND_H
#define DLT_UNWIND_H

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

#include "dltrace_wire.h"

struct link_map;

struct dlt_stack {
	uint64_t frames[DLT_WIRE_FRAMES_MAX];
	uint16_t count;
	uint16_t flags; /* DLT_WIRE_STACK_* */
};

/* Once, before any hook: finds the loader's object lookup and this library's own text. */
void dlt_unwind_start(void);

/*
 * The stack of the hook's caller, up to the hook that encloses it, which called with the borrowed
 * return address `gadget` (or 0). Frames of libdltrace.so are left out. Async-signal-safe, may be
 * re-entered.
 */
void dlt_unwind_here(struct dlt_stack *stack, uint64_t gadget);

/* The stack of an interrupted thread; reads no unmapped memory. Async-signal-safe. */
void dlt_unwind_context(struct dlt_stack *stack, const ucontext_t *context, uint64_t gadget);

/*
 * The stack of another thread, which is blocked at `pc` with the stack pointer `sp`; its other
 * registers are not known, so the walk ends where it needs one that no frame has saved. Goes
 * through hooks. `memory`: a descriptor of /proc/self/mem. The objects must stay loaded meanwhile.
 */
void dlt_unwind_blocked(struct dlt_stack *stack, uint64_t pc, uint64_t sp, int memory);

/* Whether the caller runs beneath the function that begins at `function`. Async-signal-safe. */
bool dlt_unwind_is_beneath(uint64_t function);

/*
 * Whether this thread is near the end of its own stack, as it mostly is; not on that of a signal
 * handler (sigaltstack(2)) or a coroutine. Async-signal-safe.
 */
bool dlt_unwind_is_on_own_stack(void);

/* Whether an address lies in libdltrace.so itself. */
bool dlt_unwind_is_own(uint64_t address);

/*
 * Where the object that holds an address begins; 0 where the loader knows of none.
 * Async-signal-safe.
 */
uint64_t dlt_unwind_map_start(uint64_t address);

/* The link map of the object that holds an address, in the same way. */
const struct link_map *dlt_unwind_link_map(uint64_t address);

/*
 * A `ret` in [text_start, text_end) to borrow, best one through which unwinders find their way; 0
 * if there is none. That text must stay loaded meanwhile.
 */
uint64_t dlt_unwind_find_ret(uint64_t text_start, uint64_t text_end);

#endif
