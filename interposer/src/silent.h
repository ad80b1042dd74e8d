/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects without init or fini functions: the loader initializes and finalizes them in silence.
 * Their INIT and FINI are written where the loader's order (order.h) has them.
 */
#ifndef DLT_SILENT_H
#define DLT_SILENT_H

#include <stdint.h>

struct dlt_object;

/* Once, at start: takes the memory that sorting needs, while there is some. */
void dlt_silent_start(void);

/* An object that came, with its functions, or is about to go from the table. */
void dlt_silent_came(const struct dlt_object *object);
void dlt_silent_goes(const struct dlt_object *object);

/* Once, at start: INIT of what was initialized before this library. */
void dlt_silent_start_inits(void);

/*
 * The INITs, or at exit the FINIs, of silent objects that come before `object` in the loader's
 * order; of all that are left, for NULL.
 */
void dlt_silent_inits(const struct dlt_object *object);
void dlt_silent_finis(const struct dlt_object *object, uint64_t parent);

#endif
