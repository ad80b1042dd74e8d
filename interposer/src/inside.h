/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads inside an object that goes: whose start routine lies in it, or who are blocked with a
 * frame of it on their stack. Stacks are sampled before the object is unmapped, what they say is
 * written once it is known what went. What sampling may cost is bounded.
 */
#ifndef DLT_INSIDE_H
#define DLT_INSIDE_H

#include <stdint.h>

/*
 * Before the loader unmaps something, with its lists and the table of objects locked. `library` is
 * needed_as of what is being closed (objects.h), or 0.
 */
void dlt_inside_sample(uint64_t library);

/* A keeper (left.h): writes LEFT of each thread inside an object that is gone. */
void dlt_inside_left(void);

/*
 * When exit begins: writes LEFT, beneath the EXIT of this seq, of each thread inside an object that
 * is going to be finalized.
 */
void dlt_inside_exit(uint64_t seq);

#endif
