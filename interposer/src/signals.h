/* SPDX-License-Identifier: Apache-2.0 */
/* The signal handlers that the program has installed; faults.c has the hooks. */
#ifndef DLT_SIGNALS_H
#define DLT_SIGNALS_H

#include <signal.h>

/*
 * After a hook changed a disposition, as the program sees it: writes REGISTER where a handler came
 * or went. Async-signal-safe, errno is kept; does nothing in a vfork(2) child.
 */
void dlt_signals_changed(int number, sighandler_t before, sighandler_t after);

/* After an unload (left.h): writes LEFT of each signal whose handler is gone. */
void dlt_signals_left(void);

#endif
