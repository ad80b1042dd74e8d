/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program gives the C library by address: destructors of pthread keys, signal handlers, exit
 * handlers, fork handlers, strings of the environment. Each sort has its keeper (keys.c, signals.c,
 * handlers.c, atfork.c, environment.c); here is what they share.
 */
#ifndef DLT_REGISTRATIONS_H
#define DLT_REGISTRATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "dltrace_wire.h"

struct dlt_gone;

/*
 * Which REGISTER record told of it: a forked child has those of its parent. seq 0: none did. And
 * the object that the address lay in then, which is not the one that lies there later.
 */
struct dlt_registered {
	uint64_t seq, stream;
	uint32_t generation;
};

/*
 * Writes REGISTER with the stack of the hook's caller; `generation` and `stack` of the record are
 * filled here. `text` may be NULL. A signal handler's own stack may be small: what a handler does
 * to signals there is told without frames. Nothing, and seq 0, in a vfork(2) child.
 * Async-signal-safe, errno is kept.
 */
struct dlt_registered dlt_register(struct dlt_wire_register record, const char *text);

/* The gone object that an address led into since it was registered; NULL if none (left.h). */
const struct dlt_gone *dlt_registered_gone(uint64_t address, struct dlt_registered registered);

/* A LEFT of something registered, at `address`, for dlt_left_emit. */
struct dlt_wire_left dlt_registered_left(uint16_t type, uint32_t generation, uint64_t address,
					 struct dlt_registered registered);

/*
 * The keepers' tables are changed in a few instructions under one lock. False, without it: its
 * holder was interrupted by this very thread's signal, or does not come to run.
 */
bool dlt_registrations_lock(void);
void dlt_registrations_unlock(void);

/* Asks every keeper what leads into objects that are gone (left.h). */
void dlt_registrations_left(void);

#endif
