/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caller's identity. glibc's dlopen, dlmopen and dlsym look at their return address to find the
 * calling object: its RUNPATH, $ORIGIN, namespace and place in the search order count. A hook that
 * has work to do after the call borrows a return instruction in the caller's text and calls with
 * that (dlt_call_as).
 */
#ifndef DLT_CALLER_H
#define DLT_CALLER_H

#include <stdint.h>

struct dlt_object;

/*
 * The object that glibc would take for the caller; the main program for code of no object, as it
 * does.
 */
struct dlt_object *dlt_caller(const void *return_address);

/* A return instruction in its text, 0 where there is none or a shadow stack would object. */
uint64_t dlt_caller_gadget(struct dlt_object *caller);

#endif
