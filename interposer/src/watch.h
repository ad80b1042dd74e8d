/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the loader has changed its lists: it tells us, or where it can't be made to, hooks ask.
 */
#ifndef DLT_WATCH_H
#define DLT_WATCH_H

#include <stdbool.h>

/* Once, at start: enters what is there, and asks the loader to be told of changes. */
void dlt_watch_start(void);

/*
 * Whether the loader tells, in the thread that makes the change, before it relocates and
 * initializes.
 */
bool dlt_watch_is_told(void);

/* Whether a thread is between the end of its finis and the end of an unload. */
bool dlt_watch_is_unloading(void);

/*
 * Looks for changes where the loader does not tell of them; nothing otherwise. Any thread, at any
 * hook.
 */
void dlt_watch_poll(void);

/*
 * The table of objects to this thread alone. Waits for another thread a little; false when that
 * does not leave it, or when this thread has it already (a signal's handler in the middle of it).
 */
bool dlt_watch_enter(void);
void dlt_watch_leave(void);

/* Whether a thread is within them. */
bool dlt_watch_is_busy(void);

#endif
