/* SPDX-License-Identifier: Apache-2.0 */
/* The process's end: EXIT when it begins, BYE as the last record. */
#ifndef DLT_EXIT_H
#define DLT_EXIT_H

#include <stdint.h>

/* Once, at start, before anything else registers exit handlers: ours then runs last. */
void dlt_exit_start(void);

/*
 * For a destructor that runs beneath no call that was seen: the seq of this process's EXIT if exit
 * is what runs it (main may have returned: EXIT is then written now), 0 if the C library unloads
 * something.
 */
uint64_t dlt_exit_seq(void);

/* In a forked child: it has not begun to exit, whatever its parent did. */
void dlt_exit_renew(void);

#endif
