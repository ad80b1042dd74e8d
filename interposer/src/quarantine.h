/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DLTRACE_QUARANTINE: the address ranges of unloaded objects stay reserved, so that who still uses
 * one faults there instead of running what was mapped in its place.
 */
#ifndef DLT_QUARANTINE_H
#define DLT_QUARANTINE_H

#include <stdbool.h>
#include <stdint.h>

/* Once, at start: reads DLTRACE_QUARANTINE. */
void dlt_quarantine_configure(void);

bool dlt_quarantine_is_on(void);

/*
 * Reserves the pages of [start, end), which was just unmapped, if nobody has them yet. Gives up the
 * oldest ranges where there are too many. One thread at a time.
 */
void dlt_quarantine_keep(uint64_t start, uint64_t end);

#endif
