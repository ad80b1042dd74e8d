/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where another thread of this process is, while it is blocked: the kernel tells its stack pointer
 * and program counter in /proc/self/task/TID/syscall (proc(5)), the rest is the unwind tables'.
 * Sends no signal, stops nobody. Opens a descriptor or two for a moment.
 */
#ifndef DLT_BLOCKED_H
#define DLT_BLOCKED_H

#include <stdbool.h>
#include <stdint.h>

#include "unwind.h"

/* To be ended by dlt_blocked_end; -1 where the system does not tell. */
int dlt_blocked_begin(void);
void dlt_blocked_end(int memory);

/*
 * False for a thread that runs, or has moved meanwhile, or is gone. Objects must stay loaded
 * meanwhile. Nothing is allocated.
 */
bool dlt_blocked_stack(int memory, uint32_t tid, struct dlt_stack *stack);

/* Whether this process has the thread. */
bool dlt_blocked_is_alive(uint32_t tid);

#endif
