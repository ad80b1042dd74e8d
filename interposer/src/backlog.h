/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records that could not be written because all of the program's descriptors were taken: they wait
 * here for one to become free. What does not fit, or never gets out, is lost and missed by its seq.
 */
#ifndef DLT_BACKLOG_H
#define DLT_BACKLOG_H

#include <stdbool.h>
#include <stddef.h>

/* All async-signal-safe; what another thread is at meanwhile is left to it. */
void dlt_backlog_add(const void *record, size_t size);

/* Hands out what waits, oldest first, until `write_record` says that no more goes. */
void dlt_backlog_flush(bool (*write_record)(int fd, const void *record, size_t size), int fd);

/* In a forked child: what waits is the parent's to write. */
void dlt_backlog_clear(void);

#endif
