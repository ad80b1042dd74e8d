/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The traced process: who it is, whether it is traced, where its environment says to write. Filled
 * at start and renewed in a forked child; everything else only reads it.
 */
#ifndef DLT_PROCESS_H
#define DLT_PROCESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dlt_process {
	atomic_bool traced; /* false: every hook only calls the real function */
	uint32_t pid;
	uint64_t stream;	   /* dlt_wire_header.stream */
	uint64_t started_ns;	   /* when it said HELLO, by dlt_now_ns */
	_Atomic uint64_t last_seq; /* given out last */
	uint64_t stack_end;	   /* above every frame of the main thread */
	size_t page_bytes;
};

extern struct dlt_process dlt_process;

/*
 * A variable of the environment, NULL if it is not set. At start only: getenv(3) does not work yet
 * before the C library's own initializer, and programs overwrite these strings later (nginx does).
 */
const char *dlt_environment(const char *name);

extern __thread uint32_t dlt_known_thread_id; /* 0: not asked for yet */
uint32_t dlt_ask_thread_id(void);	      /* for dlt_thread_id alone */

/* gettid(2), kept per thread. Async-signal-safe. */
static inline uint32_t dlt_thread_id(void)
{
	uint32_t known = dlt_known_thread_id;

	return known ? known : dlt_ask_thread_id();
}

/* The start of the page that an address lies in. */
static inline uint64_t dlt_page_of(uint64_t address)
{
	return address & ~(uint64_t)(dlt_process.page_bytes - 1);
}

/* CLOCK_MONOTONIC in ns. Async-signal-safe. */
uint64_t dlt_now_ns(void);

/*
 * Whether this is the traced process itself and not a vfork(2) child that borrows its memory, in
 * which nothing may be touched. One system call.
 */
bool dlt_process_is_self(void);

extern volatile uint8_t *dlt_is_original; /* 0 in a copy of the process; NULL: unknown */
bool dlt_process_renew(void);		  /* for dlt_process_notice_copy alone */

/*
 * Whether this is a child that no fork handler told of: it then has become a process of its own,
 * with the HELLO written, or is not traced any more. Costs a read of memory. Async-signal-safe.
 */
static inline bool dlt_process_notice_copy(void)
{
	return dlt_is_original && !*dlt_is_original && dlt_process_renew();
}

struct dlt_wire_hello;

/*
 * What the HELLO of this process says, without its arguments; the text's size, at most `size`. A
 * path that does not fit is left out. Async-signal-safe.
 */
size_t dlt_process_describe(struct dlt_wire_hello *hello, char *text, size_t size);

/* A line to stderr if DLTRACE_DEBUG is set. Async-signal-safe. */
void dlt_debug(const char *what, const char *detail);

#endif
