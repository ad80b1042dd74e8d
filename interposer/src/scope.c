/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of calls a thread is in; see scope.h. */
#include "scope.h"

#include "dltrace_wire.h"
#include "system.h"

__thread struct dlt_scope *dlt_scope_top;

/*
 * The chain, innermost last. Not in the scopes themselves: what an exception left behind lies in
 * dead stack, and is not to be read. Deeper ones are counted only.
 */
enum { DEEPEST = 24 };

static __thread struct dlt_scope *scopes[DEEPEST];
static __thread unsigned depth;

static void set_depth(unsigned new_depth)
{
	unsigned known = new_depth < DEEPEST ? new_depth : DEEPEST;

	depth = new_depth;
	dlt_scope_top = known ? scopes[known - 1] : NULL;
}

/* What tells a scope from the dead stack that it may have become. */
static uint64_t mark_of(const struct dlt_scope *scope)
{
	return (uint64_t)(uintptr_t)scope ^ 0x6d61726b6f66646cu;
}

static bool is_dead(const struct dlt_scope *scope, uintptr_t stack_pointer)
{
	enum { NEAR_BYTES = 8 << 20 };
	uintptr_t at = (uintptr_t)scope;
	uintptr_t distance = at > stack_pointer ? at - stack_pointer : stack_pointer - at;

	if (at < stack_pointer && distance <= NEAR_BYTES)
		return true;
	if (distance > NEAR_BYTES && !dlt_is_readable(at))
		return true; /* on a stack that is gone */
	return scope->first_mark != mark_of(scope) || scope->last_mark != mark_of(scope);
}

struct dlt_scope *dlt_scope_drop_below(uintptr_t stack_pointer)
{
	while (dlt_scope_top && is_dead(dlt_scope_top, stack_pointer))
		set_depth(depth <= DEEPEST ? depth - 1 : DEEPEST - 1);
	return dlt_scope_top;
}

void dlt_scope_enter(struct dlt_scope *scope)
{
	scope->first_mark = scope->last_mark = mark_of(scope);
	if (depth < DEEPEST)
		scopes[depth] = scope;
	set_depth(depth + 1);
}

void dlt_scope_leave(struct dlt_scope *scope)
{
	unsigned at = depth;

	scope->first_mark = 0;
	if (depth > DEEPEST) {
		set_depth(depth - 1);
		return;
	}
	while (at > 0 && scopes[at - 1] != scope)
		at--;
	if (!at)
		return; /* taken for abandoned */
	/* Coroutines leave in any order. */
	for (; at < depth; at++)
		scopes[at - 1] = scopes[at];
	set_depth(depth - 1);
}

void dlt_scope_disown(void)
{
	for (unsigned i = 0; i < depth && i < DEEPEST; i++)
		scopes[i]->seq = 0;
}

bool dlt_scope_is_beneath(const struct dlt_scope *scope, uint16_t phase)
{
	for (unsigned i = 0; i < depth && i < DEEPEST && scopes[i] != scope; i++)
		if (scopes[i]->phase == phase)
			return true;
	return false;
}

bool dlt_scope_is_open(const struct dlt_scope *scope)
{
	return scope->kind == DLT_WIRE_DLOPEN || scope->kind == DLT_WIRE_DLMOPEN;
}
