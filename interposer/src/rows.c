/* SPDX-License-Identifier: Apache-2.0 */
/* The cache of unwind rows; see rows.h. */
#include "rows.h"

#include "cfi.h"

enum { PAGE_BITS = 12 };

struct dlt_rows_entry dlt_rows[DLT_ROWS_MAX];
_Atomic uint32_t dlt_rows_forgotten;

/*
 * Whether a page ever had rows in the cache, since most that comes and goes never has. Pages share
 * entries, which at worst say yes for one of the others.
 */
static atomic_bool had_rows[1 << 16];

static atomic_bool *had_rows_in(uint64_t page)
{
	return &had_rows[page % (sizeof(had_rows) / sizeof(had_rows[0]))];
}

void dlt_rows_keep(uint64_t pc, const struct dlt_short_row *row)
{
	struct dlt_rows_entry *entry = dlt_rows_entry(pc);
	uint64_t packed = (uint64_t)row->cfa_from_fp | (uint64_t)row->cfa_offset << 1 |
			  (uint64_t)row->fp_slot << 24 | (uint64_t)row->outermost << 62 |
			  (uint64_t)1 << 63;

	atomic_store_explicit(had_rows_in(pc >> PAGE_BITS), true, memory_order_relaxed);
	atomic_store_explicit(&entry->row, 0, memory_order_relaxed);
	atomic_store_explicit(&entry->key, pc ^ packed, memory_order_relaxed);
	atomic_store_explicit(&entry->row, packed, memory_order_relaxed);
}

static bool may_have_rows(uint64_t start, uint64_t end)
{
	if (end - start > (uint64_t)DLT_ROWS_MAX << PAGE_BITS)
		return true; /* the cache is smaller */
	for (uint64_t page = start >> PAGE_BITS; page <= end >> PAGE_BITS; page++)
		if (atomic_load_explicit(had_rows_in(page), memory_order_relaxed))
			return true;
	return false;
}

void dlt_rows_forget(uint64_t start, uint64_t end)
{
	if (!may_have_rows(start, end))
		return;
	atomic_fetch_add(&dlt_rows_forgotten, 1);
	for (size_t i = 0; i < DLT_ROWS_MAX; i++) {
		uint64_t row = atomic_load_explicit(&dlt_rows[i].row, memory_order_relaxed);
		uint64_t pc = row ^ atomic_load_explicit(&dlt_rows[i].key, memory_order_relaxed);

		if (row && pc >= start && pc <= end)
			atomic_store_explicit(&dlt_rows[i].row, 0, memory_order_relaxed);
	}
}

bool dlt_rows_shorten(const struct dlt_row *row, struct dlt_short_row *out)
{
	const struct dlt_rule *fp = &row->regs[DLT_REG_FP], *ra = &row->regs[DLT_REG_RA];

	*out = (struct dlt_short_row){ .outermost = ra->kind == DLT_RULE_UNDEFINED };
	if (out->outermost)
		return true;
	if (row->signal_frame || row->cfa.kind != DLT_RULE_REGISTER ||
	    (row->cfa.reg != DLT_REG_SP && row->cfa.reg != DLT_REG_FP) || row->cfa.offset < 0 ||
	    row->cfa.offset > 0xfffff)
		return false;
	if (ra->kind != DLT_RULE_OFFSET || ra->offset != -8)
		return false;
	if (fp->kind == DLT_RULE_OFFSET) {
		if (fp->offset >= 0 || fp->offset < -8 * 0xffff || fp->offset % 8)
			return false;
		out->fp_slot = (uint16_t)(-fp->offset / 8);
	} else if (fp->kind != DLT_RULE_SAME) {
		return false;
	}
	out->cfa_offset = (uint32_t)row->cfa.offset;
	out->cfa_from_fp = row->cfa.reg == DLT_REG_FP;
	return true;
}
