/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unwind rows of the usual form, kept in a cache by code address: a known stack then costs a few
 * loads a frame. Everything here may be used by any thread at any time and is async-signal-safe.
 */
#ifndef DLT_ROWS_H
#define DLT_ROWS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dlt_row;

/* CFA = sp or fp + offset, the return address below it, fp kept or stored. */
struct dlt_short_row {
	uint32_t cfa_offset; /* bytes, below 2^20 */
	uint16_t fp_slot;    /* fp is stored at CFA - 8 * fp_slot; 0: still in its register */
	bool cfa_from_fp;
	bool outermost; /* no return address: nothing else of the row counts */
};

enum { DLT_ROWS_MAX = 2048 };

/*
 * Direct-mapped. An entry is two words that are read and written without a lock: it is valid for
 * `pc` when key ^ row == pc, so a torn or forgotten one is a miss.
 */
extern struct dlt_rows_entry {
	_Atomic uint64_t key, row;
} dlt_rows[DLT_ROWS_MAX];

extern _Atomic uint32_t dlt_rows_forgotten; /* how often some were */

static inline struct dlt_rows_entry *dlt_rows_entry(uint64_t pc)
{
	return &dlt_rows[(pc * 0x9e3779b97f4a7c15u) >> 53];
}

/* The row in the cache for a code address; false if there is none. */
static inline bool dlt_rows_find(uint64_t pc, struct dlt_short_row *row)
{
	struct dlt_rows_entry *entry = dlt_rows_entry(pc);
	uint64_t key = atomic_load_explicit(&entry->key, memory_order_relaxed);
	uint64_t packed = atomic_load_explicit(&entry->row, memory_order_relaxed);

	if ((key ^ packed) != pc || !packed)
		return false;
	row->cfa_offset = (uint32_t)(packed >> 1) & 0xfffff;
	row->fp_slot = (uint16_t)(packed >> 24);
	row->cfa_from_fp = packed & 1;
	row->outermost = packed >> 62 & 1;
	return true;
}

void dlt_rows_keep(uint64_t pc, const struct dlt_short_row *row);

/* Forgets rows of [start, end): code that came or went there. */
void dlt_rows_forget(uint64_t start, uint64_t end);

/* Whether a full row has the short form, which it then gives. */
bool dlt_rows_shorten(const struct dlt_row *row, struct dlt_short_row *out);

#endif
