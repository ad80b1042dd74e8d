/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DLTRACE_CENSUS: after an unload, the writable memory of the objects that stay is searched for
 * addresses in what is gone. Heap, stacks and thread-local memory are not searched.
 */
#ifndef DLT_CENSUS_H
#define DLT_CENSUS_H

#include <stdbool.h>

/* Once, at start: reads DLTRACE_CENSUS. */
void dlt_census_configure(void);

bool dlt_census_is_on(void);

/* A keeper of left.h. */
void dlt_census_left(void);

#endif
