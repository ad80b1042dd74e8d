/* SPDX-License-Identifier: Apache-2.0 */
/* Which thread is inside which dlopen or dlclose; no locks, async-signal-safe. */
#ifndef DLT_CALLS_H
#define DLT_CALLS_H

#include <stdbool.h>
#include <stdint.h>

struct dlt_call_ref {
	uint64_t seq; /* 0: none */
	uint32_t tid;
};

enum { DLT_NO_CALL = 0xffff };

/* Enters a dlopen or dlclose; `name` is what it asks for, or NULL. Returns its place, DLT_NO_CALL if all are taken. */
uint16_t dlt_call_enter(uint16_t kind, uint64_t seq, const char *name);
void dlt_call_leave(uint16_t call);

/* In a forked child: only the forking thread's calls go on. */
void dlt_calls_keep_thread(uint32_t tid_before);

/* Whether the call is still inside, in another thread than this. */
bool dlt_call_is_in_flight_elsewhere(uint64_t seq);

/*
 * The newest dlopen (or else dlclose) of another thread that is inside now; with `path`, only one that asked for a
 * file of that name.
 */
struct dlt_call_ref dlt_call_elsewhere(bool open, const char *path);

#endif
