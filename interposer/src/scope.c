/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of calls a thread is in; see scope.h. */
#include "scope.h"

#include "dltrace_wire.h"

__thread struct dlt_scope *dlt_scope_top;

struct dlt_scope *dlt_scope_drop_abandoned(void)
{
	enum { NEAR_BYTES = 8 << 20 };
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	while (dlt_scope_top) {
		uintptr_t scope = (uintptr_t)dlt_scope_top;

		if (scope > here || here - scope > NEAR_BYTES)
			break;
		dlt_scope_top = dlt_scope_top->outer;
	}
	return dlt_scope_top;
}

void dlt_scope_enter(struct dlt_scope *scope)
{
	scope->outer = dlt_scope_top;
	dlt_scope_top = scope;
}

void dlt_scope_leave(struct dlt_scope *scope)
{
	dlt_scope_top = scope->outer;
}

void dlt_scope_disown(void)
{
	for (struct dlt_scope *s = dlt_scope_top; s; s = s->outer)
		s->seq = 0;
}

bool dlt_scope_is_open(const struct dlt_scope *scope)
{
	return scope->kind == DLT_WIRE_DLOPEN || scope->kind == DLT_WIRE_DLMOPEN;
}
