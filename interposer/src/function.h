/* SPDX-License-Identifier: Apache-2.0 */
/* A destructor function's run, whoever calls it: the FUNCTION event, its scope, its END. */
#ifndef DLT_FUNCTION_H
#define DLT_FUNCTION_H

#include <stdint.h>

#include "dltrace_wire.h"
#include "scope.h"

/* Writes FUNCTION and enters its scope, which stays the caller's until dlt_function_end. */
void dlt_function_begin(struct dlt_scope *scope, const struct dlt_wire_function *function,
			uint64_t parent, uint16_t phase);

void dlt_function_end(struct dlt_scope *scope);

#endif
