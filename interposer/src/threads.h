/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The threads that are alive: made by the hooks of pthread_create and thrd_create, and in a table
 * of our own until their last destructor has run.
 */
#ifndef DLT_THREADS_H
#define DLT_THREADS_H

#include <stdbool.h>
#include <stdint.h>

/* A thread as it was when it was looked at. */
struct dlt_thread {
	uint64_t function;   /* its start routine */
	uint64_t seq;	     /* of its THREAD record */
	uint64_t stream;     /* that has it: an ancestor's after a fork */
	uint32_t generation; /* of the object the routine lies in; 0 where none does */
	uint32_t tid;	     /* 0: it does not run yet */
	bool is_done;	     /* its routine has ended: only destructors run */
};

/* Once, at start: takes the key that tells of a thread's end. */
void dlt_threads_start(void);

/* In a forked child: only the thread that forked is there. */
void dlt_threads_renew(void);

/* Gives the key up, for a program that wants all there are. False if that was done already. */
bool dlt_threads_give_key(void);

/* Whether the table or the main thread holds another thread than this one. Async-signal-safe. */
bool dlt_threads_has_others(void);

/* Whether the main thread is in the table: in the child of another thread's fork. */
bool dlt_threads_has_main(void);

/*
 * The next thread of the table, from *index on, which moves behind it; false at the end. No lock:
 * a thread that ends meanwhile may or may not be seen. Async-signal-safe.
 */
bool dlt_threads_next(uint32_t *index, struct dlt_thread *thread);

#endif
