/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The difference between the loader's lists and the table of objects. Comparing happens while the
 * loader's lists are locked, writing after. One thread at a time (watch.c).
 */
#ifndef DLT_CHANGES_H
#define DLT_CHANGES_H

#include <link.h>
#include <stdbool.h>

/*
 * Brings the table up to date, hooks new objects, and keeps what changed. `only_added`: nothing can
 * be gone since it was called last.
 */
void dlt_changes_compare(const struct r_debug_extended *debug, bool only_added);

/* Writes what comparing kept: UNLOAD in the order of the finis, then LOAD in the loader's order. */
void dlt_changes_write(void);

#endif
