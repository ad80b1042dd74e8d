/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a hooked call comes from; see caller.h. */
#include "caller.h"

#include "../arch/arch.h"
#include "dltrace_wire.h"
#include "hooks.h"
#include "objects.h"
#include "scope.h"
#include "unwind.h"

struct dlt_object *dlt_caller(const void *return_address)
{
	const struct dlt_scope *top = dlt_scope_top;
	struct dlt_object *object;

	if (!dlt_unwind_is_own((uint64_t)(uintptr_t)return_address)) {
		object = dlt_objects_by_address((uint64_t)(uintptr_t)return_address);
		return object ? object : dlt_objects_program();
	}
	/*
	 * A destructor's tail call returns to our thunk's caller; without us that is in ld.so for
	 * the loader's fini functions, in the C library for exit handlers.
	 */
	if (top && (top->type == DLT_WIRE_FINI_ARRAY || top->type == DLT_WIRE_DT_FINI))
		return dlt_objects_loader();
	return dlt_objects_by_address((uint64_t)(uintptr_t)dlt_real.dlclose);
}

uint64_t dlt_caller_gadget(struct dlt_object *caller)
{
	enum { NONE = 1 };
	uint64_t start, end;

	if (!caller || dlt_arch_shadow_stack())
		return 0;
	if (!caller->gadget) { /* several threads may look at once: they find the same */
		uint64_t found = 0;

		if (dlt_objects_text(caller, &start, &end))
			found = dlt_unwind_find_ret(start, end);
		caller->gadget = found ? found : NONE;
	}
	return caller->gadget == NONE ? 0 : caller->gadget;
}
