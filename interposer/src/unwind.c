/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks stacks. A step needs the row of call frame information (cfi.c) for the return address; rows
 * of the usual form are kept in a cache, so that a known stack costs a few loads a frame.
 */
#include "unwind.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "../arch/arch.h"
#include "cfi.h"
#include "cursor.h"
#include "expression.h"
#include "hooks.h"
#include "process.h"
#include "rows.h"
#include "trail.h"

static int (*find_object)(void *, struct dl_find_object *);
static uint64_t own_start, own_end;

void dlt_unwind_start(void)
{
	struct dl_find_object own;

	find_object = (int (*)(void *, struct dl_find_object *))dlt_hooks_symbol("_dl_find_object");
	if (find_object && !find_object((void *)dlt_unwind_start, &own)) {
		own_start = (uint64_t)(uintptr_t)own.dlfo_map_start;
		own_end = (uint64_t)(uintptr_t)own.dlfo_map_end;
	}
}

uint64_t dlt_unwind_map_start(uint64_t address)
{
	struct dl_find_object object;

	if (!find_object || find_object((void *)(uintptr_t)address, &object))
		return 0;
	return (uint64_t)(uintptr_t)object.dlfo_map_start;
}

const struct link_map *dlt_unwind_link_map(uint64_t address)
{
	struct dl_find_object object;

	if (!find_object || find_object((void *)(uintptr_t)address, &object))
		return NULL;
	return object.dlfo_link_map;
}

bool dlt_unwind_is_own(uint64_t address)
{
	return address >= own_start && address < own_end;
}

static bool is_assembler(uint64_t address)
{
	return address >= (uint64_t)(uintptr_t)dlt_arch_code &&
	       address <= (uint64_t)(uintptr_t)dlt_arch_code_end;
}

bool dlt_unwind_is_on_own_stack(void)
{
	enum {
		NEAR_BYTES = 4 << 20
	}; /* other stacks lie below this one, which usually has 8 MiB */
	uint64_t here = (uint64_t)(uintptr_t)__builtin_frame_address(0);

	return dlt_process.stack_end - here < NEAR_BYTES || dlt_arch_thread() - here < NEAR_BYTES;
}

/* MARK: full rows */

static bool apply_rule(struct dlt_cursor *c, unsigned reg, const struct dlt_rule *rule,
		       uint64_t cfa, uint64_t *value)
{
	uint64_t address;

	switch (rule->kind) {
	case DLT_RULE_SAME:
		return dlt_cursor_register(c, reg, value);
	case DLT_RULE_OFFSET:
		return dlt_cursor_read(c, cfa + (uint64_t)rule->offset, value);
	case DLT_RULE_VALUE:
		*value = cfa + (uint64_t)rule->offset;
		return true;
	case DLT_RULE_REGISTER:
		return dlt_cursor_register(c, rule->reg, value);
	case DLT_RULE_EXPRESSION:
		return dlt_expression_evaluate(c, rule, &cfa, &address) &&
		       dlt_cursor_read(c, address, value);
	case DLT_RULE_VALUE_EXPRESSION:
		return dlt_expression_evaluate(c, rule, &cfa, value);
	}
	return false;
}

static bool find_row(uint64_t pc, struct dlt_row *row)
{
	struct dl_find_object object;

	return find_object && !find_object((void *)(uintptr_t)pc, &object) &&
	       object.dlfo_eh_frame && dlt_cfi_row(object.dlfo_eh_frame, pc, row);
}

/* MARK: steps */

enum step { STEP_DONE, STEP_END, STEP_BROKEN };

static enum step finish_step(struct dlt_cursor *c, uint64_t cfa, uint64_t pc, uint64_t fp,
			     bool exact)
{
	/* A frame lies above the one it called; a signal's may lie anywhere. */
	if (!exact && cfa <= c->sp)
		return STEP_BROKEN;
	if (exact && !c->guarded && !c->window) {
		c->sp = cfa;
		dlt_cursor_know_stack(c);
	}
	c->sp = cfa;
	c->pc = pc;
	c->fp = fp;
	c->exact = exact;
	c->all = NULL;
	return pc ? STEP_DONE : STEP_END;
}

static bool function_at(uint64_t pc, uint64_t *start)
{
	struct dl_find_object object;
	uint64_t end;

	return find_object && !find_object((void *)(uintptr_t)pc, &object) &&
	       object.dlfo_eh_frame && dlt_cfi_range(object.dlfo_eh_frame, pc, start, &end);
}

/* Whether a return address lies behind a call that may have been one of `function`. */
static bool may_return_from(struct dlt_cursor *c, uint64_t return_address, uint64_t function)
{
	const uint8_t *after = (const uint8_t *)(uintptr_t)return_address;
	uint64_t caller, target, slot, stub, behind;

	if (!function_at(return_address - 1, &caller) || return_address - DLT_CALL_BYTES < caller)
		return false;
	target = dlt_arch_call_target(after);
	if (target == function)
		return true;
	slot = target && function_at(target, &stub)
		       ? dlt_arch_stub_slot((const uint8_t *)(uintptr_t)target)
		       : 0;
	if (slot && dlt_cursor_read(c, slot, &behind) && behind == function)
		return true;
	return dlt_arch_is_indirect_call(after);
}

/*
 * The frame pointer of a frame that has one, from the stack pointer and the function's first
 * instructions, when no inner frame has saved it.
 */
static bool find_fp(struct dlt_cursor *c)
{
	uint64_t lookup = c->exact ? c->pc : c->pc - 1, start, fp, pc;
	unsigned saved = 0;
	struct dlt_row row;

	if (!function_at(lookup, &start) || !find_row(lookup, &row))
		return false;
	for (unsigned reg = 0; reg < DLT_REGS; reg++)
		saved += reg != DLT_REG_FP && reg != DLT_REG_RA &&
			 row.regs[reg].kind == DLT_RULE_OFFSET;
	fp = dlt_arch_frame_pointer((const uint8_t *)(uintptr_t)start, lookup, c->sp, saved);
	if (!fp || !dlt_cursor_read(c, fp + 8, &pc) || !may_return_from(c, pc, start))
		return false;
	c->fp = fp;
	c->fp_lost = false;
	return true;
}

static enum step step_short(struct dlt_cursor *c, const struct dlt_short_row *row)
{
	uint64_t cfa, fp, pc;

	if (row->outermost)
		return STEP_END;
	if (row->cfa_from_fp && c->fp_lost && !find_fp(c))
		return STEP_BROKEN;
	fp = c->fp;
	cfa = (row->cfa_from_fp ? fp : c->sp) + row->cfa_offset;
	if (!dlt_cursor_read(c, cfa - 8, &pc))
		return STEP_BROKEN;
	if (row->fp_slot) {
		if (!dlt_cursor_read(c, cfa - 8 * (uint64_t)row->fp_slot, &fp))
			return STEP_BROKEN;
		c->fp_lost = false;
	}
	return finish_step(c, cfa, pc, fp, false);
}

static enum step step_full(struct dlt_cursor *c, const struct dlt_row *row)
{
	uint64_t cfa, pc, fp = 0;

	if (row->cfa.kind == DLT_RULE_REGISTER) {
		if (!dlt_cursor_register(c, row->cfa.reg, &cfa))
			return STEP_BROKEN;
		cfa += (uint64_t)row->cfa.offset;
	} else if (!dlt_expression_evaluate(c, &row->cfa, NULL, &cfa)) {
		return STEP_BROKEN;
	}
	if (row->regs[DLT_REG_RA].kind == DLT_RULE_UNDEFINED)
		return STEP_END;
	if (!apply_rule(c, DLT_REG_RA, &row->regs[DLT_REG_RA], cfa, &pc))
		return STEP_BROKEN;
	if (row->regs[DLT_REG_FP].kind != DLT_RULE_UNDEFINED) {
		bool kept = row->regs[DLT_REG_FP].kind == DLT_RULE_SAME;

		if (!(kept && c->fp_lost) &&
		    !apply_rule(c, DLT_REG_FP, &row->regs[DLT_REG_FP], cfa, &fp))
			return STEP_BROKEN;
		c->fp_lost = kept && c->fp_lost;
	}
	return finish_step(c, cfa, pc, fp, row->signal_frame);
}

/*
 * Code that no object holds: a jump or call into an unloaded library. If it was called, its return
 * address is on top of the stack.
 */
static enum step step_unknown(struct dlt_cursor *c)
{
	struct dl_find_object object;
	uint64_t pc;

	if (!c->exact || c->window || !dlt_cursor_read(c, c->sp, &pc) || !find_object ||
	    find_object((void *)(uintptr_t)(pc - 1), &object))
		return STEP_BROKEN;
	return finish_step(c, c->sp + 8, pc, c->fp, false);
}

static enum step step(struct dlt_cursor *c)
{
	uint64_t lookup = c->exact ? c->pc : c->pc - 1;
	struct dlt_short_row quick;
	struct dlt_row row;

	if (dlt_rows_find(lookup, &quick))
		return step_short(c, &quick);
	if (!find_row(lookup, &row))
		return step_unknown(c);
	if (!dlt_rows_shorten(&row, &quick))
		return step_full(c, &row);
	dlt_rows_keep(lookup, &quick);
	return step_short(c, &quick);
}

/* Walks from a frame outside this library to the end, or to the hook that encloses it. */
static void walk(struct dlt_cursor *c, struct dlt_stack *stack, uint64_t gadget)
{
	enum step result = STEP_DONE;

	while (result == STEP_DONE) {
		if (!c->guarded && !c->exact && !c->fp_lost)
			dlt_trail_walk(c, stack, gadget);
		if (dlt_unwind_is_own(c->pc) || (gadget && c->pc == gadget)) {
			stack->flags |= DLT_WIRE_STACK_ENCLOSED;
			return;
		}
		if (stack->count == DLT_WIRE_FRAMES_MAX) {
			stack->flags |= DLT_WIRE_STACK_TRUNCATED;
			return;
		}
		stack->frames[stack->count++] = c->pc;
		result = step(c);
	}
	if (result == STEP_BROKEN)
		stack->flags |= DLT_WIRE_STACK_BROKEN;
}

__attribute__((noinline)) void dlt_unwind_here(struct dlt_stack *stack, uint64_t gadget)
{
	struct dlt_cursor c = { .fp = (uint64_t)(uintptr_t)__builtin_frame_address(0) };

	/* This library's C functions have frame pointers (Makefile); the others have rows. */
	do
		dlt_arch_leave_frame(&c.pc, &c.sp, &c.fp);
	while (dlt_unwind_is_own(c.pc) && !is_assembler(c.pc));
	stack->count = 0;
	stack->flags = 0;
	dlt_cursor_know_stack(&c);
	while (dlt_unwind_is_own(c.pc)) {
		if (step(&c) != STEP_DONE) {
			stack->flags = DLT_WIRE_STACK_BROKEN;
			return;
		}
	}
	walk(&c, stack, gadget);
}

void dlt_unwind_context(struct dlt_stack *stack, const ucontext_t *context, uint64_t gadget)
{
	uint64_t regs[DLT_REGS];
	struct dlt_cursor c = { .exact = true, .guarded = true, .all = regs };

	dlt_arch_from_ucontext(regs, context);
	c.pc = regs[DLT_REG_RA];
	c.sp = regs[DLT_REG_SP];
	c.fp = regs[DLT_REG_FP];
	stack->count = 0;
	stack->flags = DLT_WIRE_STACK_EXACT;
	walk(&c, stack, gadget);
}

void dlt_unwind_blocked(struct dlt_stack *stack, uint64_t pc, uint64_t sp, int memory)
{
	struct dlt_window window = { .memory = memory };
	struct dlt_cursor c = {
		.pc = pc, .sp = sp, .exact = true, .fp_lost = true, .window = &window
	};
	enum step result = STEP_DONE;

	stack->count = 0;
	stack->flags = DLT_WIRE_STACK_EXACT;
	while (result == STEP_DONE && stack->count < DLT_WIRE_FRAMES_MAX) {
		if (c.pc == (uint64_t)(uintptr_t)dlt_call_as_return && stack->count)
			stack->count--; /* the borrowed return address */
		if (!dlt_unwind_is_own(c.pc))
			stack->frames[stack->count++] = c.pc;
		else if (!stack->count)
			stack->flags = 0; /* blocked in a hook: its caller comes first */
		result = step(&c);
	}
	if (result == STEP_DONE)
		stack->flags |= DLT_WIRE_STACK_TRUNCATED;
	else if (result == STEP_BROKEN)
		stack->flags |= DLT_WIRE_STACK_BROKEN;
}

bool dlt_unwind_is_beneath(uint64_t function)
{
	struct dl_find_object object;
	uint64_t start, end;
	struct dlt_stack stack;

	if (!find_object || find_object((void *)(uintptr_t)function, &object) ||
	    !object.dlfo_eh_frame || !dlt_cfi_range(object.dlfo_eh_frame, function, &start, &end))
		return false;
	dlt_unwind_here(&stack, 0);
	for (unsigned i = 0; i < stack.count; i++)
		if (stack.frames[i] - 1 >= start && stack.frames[i] - 1 < end)
			return true;
	return false;
}

/* MARK: a return instruction to borrow */

/*
 * Whether unwinders, those of exceptions too, get from here to who called dlt_call_as: either the
 * frame takes a few words of the stack and leaves rbp alone, or it is the one that rbp points to.
 */
static bool is_good_ret(uint64_t address)
{
	struct dlt_row row;
	struct dlt_short_row quick;

	/* Unwinders look a return address up one byte before it. */
	if (!find_row(address - 1, &row) || row.has_lsda || !dlt_rows_shorten(&row, &quick))
		return false;
	for (unsigned reg = 0; reg < DLT_REGS; reg++)
		if (row.regs[reg].kind != DLT_RULE_SAME && row.regs[reg].kind != DLT_RULE_OFFSET)
			return false;
	if (quick.cfa_from_fp)
		return quick.cfa_offset == 16 && quick.fp_slot == 2;
	return quick.cfa_offset >= 8 && quick.cfa_offset <= 8 * DLT_CONTINUATIONS &&
	       quick.cfa_offset % 8 == 0 && !quick.fp_slot;
}

uint64_t dlt_unwind_find_ret(uint64_t text_start, uint64_t text_end)
{
	enum { ATTEMPTS = 4096 };
	const uint8_t *at = (const uint8_t *)(uintptr_t)text_start + 1;
	const uint8_t *end = (const uint8_t *)(uintptr_t)text_end;
	uint64_t any = 0;

	for (int i = 0; i < ATTEMPTS && at < end; i++, at++) {
		at = memchr(at, DLT_RET_INSTRUCTION, (size_t)(end - at));
		if (!at)
			break;
		any = (uint64_t)(uintptr_t)at;
		if (is_good_ret(any))
			return any;
	}
	return any;
}
