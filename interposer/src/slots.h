/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that the C library calls without anything that would say which one it is: the
 * destructors of pthread keys, fork handlers, quick_exit functions. Each is registered as a thunk
 * of its own, which stands for a slot here.
 */
#ifndef DLT_SLOTS_H
#define DLT_SLOTS_H

#ifndef __ASSEMBLER__
#include <stdint.h>

/*
 * A thunk that runs `function`, type is of enum dlt_wire_function_type, as a FUNCTION event.
 * `function` itself when no slot is free or nothing is traced. Where there is a dso_handle, the
 * slot is free again once the object that it lies in is gone: glibc drops fork handlers and
 * quick_exit functions by it at dlclose (__cxa_finalize, __unregister_atfork).
 */
uint64_t dlt_slot_take(uint16_t type, uint64_t function, uint64_t dso_handle);

/* Gives a thunk back that the C library calls no more. Anything else is left alone. */
void dlt_slot_release(uint64_t thunk);

/* After an unload (left.h): gives back the thunks whose dso_handle is gone. */
void dlt_slots_left(void);

/* The thunks' common part. */
void dlt_slot_run(void *argument, long second, uint32_t number);
#endif

/* Four times as many as there can be keys (PTHREAD_KEYS_MAX, <limits.h>). */
#define DLT_SLOTS 4096

#endif
