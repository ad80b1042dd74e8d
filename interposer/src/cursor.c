/* SPDX-License-Identifier: Apache-2.0 */
/* Reads registers and words of a stack; see cursor.h. */
#include "cursor.h"

#include "../arch/arch.h"
#include "process.h"
#include "system.h"

/*
 * The main thread's stack ends at the address the kernel gave, another's at its control block,
 * which glibc lays at the top of every stack (nptl/allocatestack.c).
 */
void dlt_cursor_know_stack(struct dlt_cursor *c)
{
	enum { USUAL_STACK_BYTES = 64 << 20 };
	uint64_t self = dlt_arch_thread();

	c->readable_from = c->sp - 128;
	if (dlt_process.stack_end > c->sp && dlt_process.stack_end - c->sp < USUAL_STACK_BYTES)
		c->readable_to = dlt_process.stack_end;
	else if (self > c->sp && self - c->sp < USUAL_STACK_BYTES)
		c->readable_to = self;
	else
		c->readable_to = (c->sp | (dlt_process.page_bytes - 1)) + 1;
}

/* Extends the known part of a stack that is not the thread's own page by page. */
static bool extend(struct dlt_cursor *c, uint64_t address)
{
	uint64_t page = (uint64_t)dlt_process.page_bytes;

	while (c->readable_to < address + sizeof(uint64_t)) {
		if (address - c->readable_to > 16 * page)
			return false;
		if (!dlt_is_readable(c->readable_to))
			return false;
		c->readable_to += page;
	}
	return true;
}

static bool read_window(struct dlt_window *w, uint64_t address, uint64_t *value)
{
	long size;

	if (address < w->start || address >= w->end) {
		size = dlt_read_at(w->memory, w->words, sizeof(w->words), address);
		w->start = address;
		w->end = size > 0 ? address + ((uint64_t)size & ~(uint64_t)7) : address;
	}
	*value = w->words[(address - w->start) / sizeof(w->words[0])];
	return address < w->end;
}

bool dlt_cursor_read(struct dlt_cursor *c, uint64_t address, uint64_t *value)
{
	if (address & 7)
		return false;
	if (c->window)
		return read_window(c->window, address, value);
	if (c->guarded)
		return !dlt_read_word((const void *)(uintptr_t)address, value);
	if (address < c->readable_from)
		return false;
	if (address + sizeof(*value) > c->readable_to && !extend(c, address))
		return false;
	*value = *(const uint64_t *)(uintptr_t)address;
	return true;
}

bool dlt_cursor_register(const struct dlt_cursor *c, unsigned reg, uint64_t *value)
{
	if (reg == DLT_REG_SP)
		*value = c->sp;
	else if (reg == DLT_REG_FP && !c->fp_lost)
		*value = c->fp;
	else if (reg == DLT_REG_RA)
		*value = c->pc;
	else if (c->all && reg < DLT_REGS)
		*value = c->all[reg];
	else
		return false;
	return true;
}
