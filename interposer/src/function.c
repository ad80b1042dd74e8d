/* SPDX-License-Identifier: Apache-2.0 */
/* Around a destructor function; see function.h. */
#include "function.h"

#include <errno.h>

#include "record.h"

void dlt_function_begin(struct dlt_scope *scope, const struct dlt_wire_function *function,
			uint64_t parent, uint16_t phase)
{
	struct dlt_event event = { .kind = DLT_WIRE_FUNCTION, .parent = parent, .phase = phase };

	dlt_event_add(&event, function, sizeof(*function));
	*scope = (struct dlt_scope){
		.kind = DLT_WIRE_FUNCTION,
		.phase = phase,
		.type = function->type,
		.seq = dlt_emit(&event),
	};
	dlt_scope_enter(scope);
}

void dlt_function_end(struct dlt_scope *scope)
{
	dlt_scope_leave(scope);
	dlt_emit_end(scope->seq, 0, 0, NULL);
}
