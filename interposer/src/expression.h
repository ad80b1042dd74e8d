/* SPDX-License-Identifier: Apache-2.0 */
/* DWARF expressions in unwind rows. Async-signal-safe. */
#ifndef DLT_EXPRESSION_H
#define DLT_EXPRESSION_H

#include <stdbool.h>
#include <stdint.h>

struct dlt_cursor;
struct dlt_rule;

/*
 * Evaluates a rule's expression in the cursor's frame, with the CFA on its stack unless that is
 * NULL. False where it is not understood or needs what is not known.
 */
bool dlt_expression_evaluate(struct dlt_cursor *c, const struct dlt_rule *rule, const uint64_t *cfa,
			     uint64_t *result);

#endif
