/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks stacks. A step needs the row of call frame information (cfi.c) for the return address; rows
 * of the usual form are kept in a cache, so that a known stack costs a few loads a frame.
 */
#include "unwind.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "cfi.h"
#include "hooks.h"
#include "process.h"
#include "system.h"

/* The registers that carry a walk from frame to frame. */
struct cursor {
	uint64_t pc, sp, fp;
	uint64_t readable_from, readable_to; /* stack memory known to be mapped */
	const uint64_t *all; /* the interrupted frame's registers, in frame 0 of a signal's stack */
	bool exact;	     /* pc is the instruction itself, not a return address */
	bool guarded;	     /* read through dlt_read_word: the stack may be damaged */
	bool fp_lost;	     /* fp's value is not known */
	struct window *window; /* of another thread's stack; NULL: this thread's own */
};

/* A part of another thread's stack, read by a call that fails on a hole: it may end meanwhile. */
struct window {
	int memory; /* descriptor of /proc/self/mem */
	uint64_t start, end;
	uint64_t words[128];
};

/* A row of the usual form: CFA = sp or fp + offset, return address below it, fp kept or stored. */
struct short_row {
	uint32_t cfa_offset; /* bytes, below 2^20 */
	uint16_t fp_slot;    /* fp is stored at CFA - 8 * fp_slot; 0: still in its register */
	bool cfa_from_fp;
	bool outermost; /* no return address: nothing else of the row counts */
};

/*
 * The cache, direct-mapped by return address. An entry is two words that are read and written
 * without a lock: it is valid for `pc` when key ^ row == pc, so a torn or forgotten one is a miss.
 */
enum { CACHE_ENTRIES = 2048, PAGE_BITS = 12 };

static struct {
	_Atomic uint64_t key, row;
} cache[CACHE_ENTRIES];

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

/* MARK: the cache */

static size_t cache_index(uint64_t pc)
{
	return (size_t)((pc * 0x9e3779b97f4a7c15u) >> 53);
}

/*
 * Whether a page ever had rows in the cache, since most that comes and goes never has. Pages share
 * entries, which at worst say yes for one of the others.
 */
static atomic_bool had_rows[1 << 16];

static atomic_bool *had_rows_in(uint64_t page)
{
	return &had_rows[page % (sizeof(had_rows) / sizeof(had_rows[0]))];
}

static bool cache_find(uint64_t pc, struct short_row *row)
{
	size_t i = cache_index(pc);
	uint64_t key = atomic_load_explicit(&cache[i].key, memory_order_relaxed);
	uint64_t packed = atomic_load_explicit(&cache[i].row, memory_order_relaxed);

	if ((key ^ packed) != pc || !packed)
		return false;
	row->cfa_offset = (uint32_t)(packed >> 1) & 0xfffff;
	row->fp_slot = (uint16_t)(packed >> 24);
	row->cfa_from_fp = packed & 1;
	row->outermost = packed >> 62 & 1;
	return true;
}

static void cache_keep(uint64_t pc, const struct short_row *row)
{
	size_t i = cache_index(pc);
	uint64_t packed = (uint64_t)row->cfa_from_fp | (uint64_t)row->cfa_offset << 1 |
			  (uint64_t)row->fp_slot << 24 | (uint64_t)row->outermost << 62 |
			  (uint64_t)1 << 63;

	atomic_store_explicit(had_rows_in(pc >> PAGE_BITS), true, memory_order_relaxed);
	atomic_store_explicit(&cache[i].row, 0, memory_order_relaxed);
	atomic_store_explicit(&cache[i].key, pc ^ packed, memory_order_relaxed);
	atomic_store_explicit(&cache[i].row, packed, memory_order_relaxed);
}

static bool may_have_rows(uint64_t start, uint64_t end)
{
	if (end - start > (uint64_t)CACHE_ENTRIES << PAGE_BITS)
		return true; /* the cache is smaller */
	for (uint64_t page = start >> PAGE_BITS; page <= end >> PAGE_BITS; page++)
		if (atomic_load_explicit(had_rows_in(page), memory_order_relaxed))
			return true;
	return false;
}

void dlt_unwind_forget(uint64_t start, uint64_t end)
{
	if (!may_have_rows(start, end))
		return;
	for (size_t i = 0; i < CACHE_ENTRIES; i++) {
		uint64_t row = atomic_load_explicit(&cache[i].row, memory_order_relaxed);
		uint64_t pc = row ^ atomic_load_explicit(&cache[i].key, memory_order_relaxed);

		if (row && pc >= start && pc <= end)
			atomic_store_explicit(&cache[i].row, 0, memory_order_relaxed);
	}
}

/* MARK: reading the stack */

/*
 * Extends the known part of a stack that is not the thread's own page by page; mincore(2) fails on
 * a hole.
 */
static bool extend(struct cursor *c, uint64_t address)
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

static bool read_window(struct window *w, uint64_t address, uint64_t *value)
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

static bool read_stack(struct cursor *c, uint64_t address, uint64_t *value)
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

/*
 * Where the thread's own stack surely ends: the main thread's at the address the kernel gave,
 * another's at its control block, which glibc lays at the top of every stack
 * (nptl/allocatestack.c). A stack that is neither, as of a coroutine, is known to the end of its
 * page.
 */
static void set_readable(struct cursor *c)
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

bool dlt_unwind_is_on_own_stack(void)
{
	enum {
		NEAR_BYTES = 4 << 20
	}; /* other stacks lie below this one, which usually has 8 MiB */
	uint64_t here = (uint64_t)(uintptr_t)__builtin_frame_address(0);

	return dlt_process.stack_end - here < NEAR_BYTES || dlt_arch_thread() - here < NEAR_BYTES;
}

/* MARK: full rows */

static bool register_value(const struct cursor *c, unsigned reg, uint64_t *value)
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

/* The part of DWARF 5, section 2.5 that compilers and glibc put into unwind rows. */
static bool evaluate(struct cursor *c, const struct dlt_rule *rule, const uint64_t *cfa,
		     uint64_t *result)
{
	const uint8_t *at = rule->expression, *end = at + rule->length;
	uint64_t stack[8], value;
	unsigned depth = 0;

	if (cfa)
		stack[depth++] = *cfa;
	while (at < end) {
		uint8_t op = *at++;

		if (op >= 0x30 && op <= 0x4f) { /* DW_OP_lit */
			value = op - 0x30u;
		} else if (op >= 0x70 && op <= 0x8f) { /* DW_OP_breg */
			int64_t offset = 0;
			unsigned shift = 0;
			uint8_t byte;

			do {
				if (at == end || shift > 56)
					return false;
				byte = *at++;
				offset |= (int64_t)(byte & 0x7f) << shift;
				shift += 7;
			} while (byte & 0x80);
			if (byte & 0x40)
				offset |= -((int64_t)1 << shift);
			if (!register_value(c, op - 0x70u, &value))
				return false;
			value += (uint64_t)offset;
		} else if (op == 0x08 && at < end) { /* DW_OP_const1u */
			value = *at++;
		} else if (op == 0x23 && at < end && *at < 0x80) { /* DW_OP_plus_uconst */
			if (!depth)
				return false;
			stack[depth - 1] += *at++;
			continue;
		} else if (op == 0x06) { /* DW_OP_deref */
			if (!depth || !read_stack(c, stack[depth - 1], &stack[depth - 1]))
				return false;
			continue;
		} else {
			if (depth < 2)
				return false;
			value = stack[--depth];
			switch (op) {
			case 0x1a: /* DW_OP_and */
				stack[depth - 1] &= value;
				break;
			case 0x1c: /* DW_OP_minus */
				stack[depth - 1] -= value;
				break;
			case 0x22: /* DW_OP_plus */
				stack[depth - 1] += value;
				break;
			case 0x24: /* DW_OP_shl */
				stack[depth - 1] <<= value & 63;
				break;
			case 0x2a: /* DW_OP_ge */
				stack[depth - 1] = (int64_t)stack[depth - 1] >= (int64_t)value;
				break;
			default:
				return false;
			}
			continue;
		}
		if (depth == sizeof(stack) / sizeof(stack[0]))
			return false;
		stack[depth++] = value;
	}
	if (!depth)
		return false;
	*result = stack[depth - 1];
	return true;
}

static bool apply_rule(struct cursor *c, unsigned reg, const struct dlt_rule *rule, uint64_t cfa,
		       uint64_t *value)
{
	uint64_t address;

	switch (rule->kind) {
	case DLT_RULE_SAME:
		return register_value(c, reg, value);
	case DLT_RULE_OFFSET:
		return read_stack(c, cfa + (uint64_t)rule->offset, value);
	case DLT_RULE_VALUE:
		*value = cfa + (uint64_t)rule->offset;
		return true;
	case DLT_RULE_REGISTER:
		return register_value(c, rule->reg, value);
	case DLT_RULE_EXPRESSION:
		return evaluate(c, rule, &cfa, &address) && read_stack(c, address, value);
	case DLT_RULE_VALUE_EXPRESSION:
		return evaluate(c, rule, &cfa, value);
	}
	return false;
}

static bool find_row(uint64_t pc, struct dlt_row *row)
{
	struct dl_find_object object;

	return find_object && !find_object((void *)(uintptr_t)pc, &object) &&
	       object.dlfo_eh_frame && dlt_cfi_row(object.dlfo_eh_frame, pc, row);
}

/* Whether a full row has the short form. */
static bool shorten(const struct dlt_row *row, struct short_row *out)
{
	const struct dlt_rule *fp = &row->regs[DLT_REG_FP], *ra = &row->regs[DLT_REG_RA];

	*out = (struct short_row){ .outermost = ra->kind == DLT_RULE_UNDEFINED };
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

/* MARK: steps */

enum step { STEP_DONE, STEP_END, STEP_BROKEN };

static enum step finish_step(struct cursor *c, uint64_t cfa, uint64_t pc, uint64_t fp, bool exact)
{
	/* A frame lies above the one it called; a signal's may lie anywhere. */
	if (!exact && cfa <= c->sp)
		return STEP_BROKEN;
	if (exact && !c->guarded && !c->window) {
		c->sp = cfa;
		set_readable(c);
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
static bool may_return_from(struct cursor *c, uint64_t return_address, uint64_t function)
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
	if (slot && read_stack(c, slot, &behind) && behind == function)
		return true;
	return dlt_arch_is_indirect_call(after);
}

/*
 * The frame pointer of a frame that has one, from the stack pointer and the function's first
 * instructions, when no inner frame has saved it.
 */
static bool find_fp(struct cursor *c)
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
	if (!fp || !read_stack(c, fp + 8, &pc) || !may_return_from(c, pc, start))
		return false;
	c->fp = fp;
	c->fp_lost = false;
	return true;
}

static enum step step_short(struct cursor *c, const struct short_row *row)
{
	uint64_t cfa, fp, pc;

	if (row->outermost)
		return STEP_END;
	if (row->cfa_from_fp && c->fp_lost && !find_fp(c))
		return STEP_BROKEN;
	fp = c->fp;
	cfa = (row->cfa_from_fp ? fp : c->sp) + row->cfa_offset;
	if (!read_stack(c, cfa - 8, &pc))
		return STEP_BROKEN;
	if (row->fp_slot) {
		if (!read_stack(c, cfa - 8 * (uint64_t)row->fp_slot, &fp))
			return STEP_BROKEN;
		c->fp_lost = false;
	}
	return finish_step(c, cfa, pc, fp, false);
}

static enum step step_full(struct cursor *c, const struct dlt_row *row)
{
	uint64_t cfa, pc, fp = 0;

	if (row->cfa.kind == DLT_RULE_REGISTER) {
		if (!register_value(c, row->cfa.reg, &cfa))
			return STEP_BROKEN;
		cfa += (uint64_t)row->cfa.offset;
	} else if (!evaluate(c, &row->cfa, NULL, &cfa)) {
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
static enum step step_unknown(struct cursor *c)
{
	struct dl_find_object object;
	uint64_t pc;

	if (!c->exact || c->window || !read_stack(c, c->sp, &pc) || !find_object ||
	    find_object((void *)(uintptr_t)(pc - 1), &object))
		return STEP_BROKEN;
	return finish_step(c, c->sp + 8, pc, c->fp, false);
}

static enum step step(struct cursor *c)
{
	uint64_t lookup = c->exact ? c->pc : c->pc - 1;
	struct short_row quick;
	struct dlt_row row;

	if (cache_find(lookup, &quick))
		return step_short(c, &quick);
	if (!find_row(lookup, &row))
		return step_unknown(c);
	if (!shorten(&row, &quick))
		return step_full(c, &row);
	cache_keep(lookup, &quick);
	return step_short(c, &quick);
}

/* Walks from a frame outside this library to the end, or to the hook that encloses it. */
static void walk(struct cursor *c, struct dlt_stack *stack, uint64_t gadget)
{
	enum step result = STEP_DONE;

	while (result == STEP_DONE) {
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
	struct cursor c = { .exact = true };

	DLT_ARCH_HERE(c.pc, c.sp, c.fp);
	stack->count = 0;
	stack->flags = 0;
	set_readable(&c);
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
	struct cursor c = { .exact = true, .guarded = true, .all = regs };

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
	struct window window = { .memory = memory };
	struct cursor c = { .pc = pc, .sp = sp, .exact = true, .fp_lost = true, .window = &window };
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
	struct short_row quick;

	/* Unwinders look a return address up one byte before it. */
	if (!find_row(address - 1, &row) || row.has_lsda || !shorten(&row, &quick))
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
