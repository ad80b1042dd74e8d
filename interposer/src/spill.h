/* SPDX-License-Identifier: Apache-2.0 */
/* The files of this process in the spill folder. */
#ifndef DLT_SPILL_H
#define DLT_SPILL_H

/* Once, at start: remembers the folder that the environment names. Reads the environment. */
void dlt_spill_configure(void);

/* The folder; "" where there is none. */
const char *dlt_spill_folder(void);

/*
 * Opens PID-STREAM`suffix`.spill for reading and writing, close-on-exec, with more flags of
 * open(2); makes the folder where it is missing. -errno for an error.
 */
int dlt_spill_open(const char *suffix, int flags);

void dlt_spill_remove(const char *suffix);

#endif
