/* SPDX-License-Identifier: Apache-2.0 */
/* The files of this process in the spill folder, and the ledger beside it. */
#ifndef DLT_SPILL_H
#define DLT_SPILL_H

#include <stdbool.h>
#include <stdint.h>

/* Once, at start: remembers the folder that the environment names. Reads the environment. */
void dlt_spill_configure(void);

/* The folder; "" where there is none. */
const char *dlt_spill_folder(void);

/*
 * Opens PID-STREAM`suffix`.spill for reading and writing, close-on-exec, with more flags of
 * open(2); makes the folder where it is missing. -errno for an error, -EACCES for a folder that is
 * not this user's alone.
 */
int dlt_spill_open(const char *suffix, int flags);

void dlt_spill_remove(const char *suffix);

/* False if the file is surely gone. */
bool dlt_spill_is_there(const char *suffix);

/*
 * Room on the disk for an empty file's first bytes: without it a store into a mapping would be a
 * SIGBUS. Written rather than allocated: a page that is in memory already, as part of a large
 * folio, costs a third of one that the mapping brings in (Linux 6.18, ext4), and the disk nothing
 * as long as the file is young. A limit of the program's for the size of files raises SIGXFSZ,
 * which it must not see.
 */
bool dlt_spill_allocate(int fd, uint32_t bytes);

/* Opens the ledger for reading and writing; -errno for an error. Waits for nobody. */
int dlt_spill_open_ledger(void);

/* Makes the ledger where there is none, as long as there is room for it. */
void dlt_spill_make_ledger(void);

#endif
