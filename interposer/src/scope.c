/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of calls a thread is in; see scope.h. */
#include "scope.h"

#include "dltrace_wire.h"

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

struct dlt_scope *dlt_scope_drop_below(uintptr_t stack_pointer)
{
	enum { NEAR_BYTES = 8 << 20 };

	while (dlt_scope_top) {
		uintptr_t scope = (uintptr_t)dlt_scope_top;

		if (scope > stack_pointer || stack_pointer - scope > NEAR_BYTES)
			break;
		set_depth(depth <= DEEPEST ? depth - 1 : DEEPEST - 1);
	}
	return dlt_scope_top;
}

struct dlt_scope *dlt_scope_drop_abandoned(void)
{
	return dlt_scope_drop_below((uintptr_t)__builtin_frame_address(0));
}

void dlt_scope_enter(struct dlt_scope *scope)
{
	if (depth < DEEPEST)
		scopes[depth] = scope;
	set_depth(depth + 1);
}

void dlt_scope_leave(struct dlt_scope *scope)
{
	unsigned at = depth;

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

bool dlt_scope_is_open(const struct dlt_scope *scope)
{
	return scope->kind == DLT_WIRE_DLOPEN || scope->kind == DLT_WIRE_DLMOPEN;
}
