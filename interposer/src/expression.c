/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluates DWARF expressions; see expression.h. Of DWARF 5, section 2.5, the part that compilers
 * and glibc put into unwind rows.
 */
#include "expression.h"

#include <stddef.h>

#include "cfi.h"
#include "cursor.h"

enum {
	OP_DEREF = 0x06,
	OP_CONST1U = 0x08,
	OP_AND = 0x1a,
	OP_MINUS = 0x1c,
	OP_PLUS = 0x22,
	OP_PLUS_UCONST = 0x23,
	OP_SHL = 0x24,
	OP_GE = 0x2a,
	OP_LIT0 = 0x30,
	OP_LIT31 = 0x4f,
	OP_BREG0 = 0x70,
	OP_BREG31 = 0x8f,
};

struct machine {
	struct dlt_cursor *cursor;
	const uint8_t *at, *end;
	uint64_t stack[8];
	unsigned depth;
};

static bool push(struct machine *m, uint64_t value)
{
	if (m->depth == sizeof(m->stack) / sizeof(m->stack[0]))
		return false;
	m->stack[m->depth++] = value;
	return true;
}

static bool read_offset(struct machine *m, int64_t *offset)
{
	unsigned shift = 0;
	uint8_t byte;

	*offset = 0;
	do {
		if (m->at == m->end || shift > 56)
			return false;
		byte = *m->at++;
		*offset |= (int64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (byte & 0x40)
		*offset |= -((int64_t)1 << shift);
	return true;
}

static bool push_register(struct machine *m, unsigned reg)
{
	uint64_t value;
	int64_t offset;

	return read_offset(m, &offset) && dlt_cursor_register(m->cursor, reg, &value) &&
	       push(m, value + (uint64_t)offset);
}

/* Puts what an operation makes of the two topmost values in their place. */
static bool combine(struct machine *m, uint8_t op)
{
	uint64_t *left, right;

	if (m->depth < 2)
		return false;
	right = m->stack[--m->depth];
	left = &m->stack[m->depth - 1];
	switch (op) {
	case OP_AND:
		*left &= right;
		return true;
	case OP_MINUS:
		*left -= right;
		return true;
	case OP_PLUS:
		*left += right;
		return true;
	case OP_SHL:
		*left <<= right & 63;
		return true;
	case OP_GE:
		*left = (int64_t)*left >= (int64_t)right;
		return true;
	default:
		return false;
	}
}

static bool run_one(struct machine *m)
{
	uint8_t op = *m->at++;
	uint64_t *top = m->depth ? &m->stack[m->depth - 1] : NULL;

	if (op >= OP_LIT0 && op <= OP_LIT31)
		return push(m, op - (uint64_t)OP_LIT0);
	if (op >= OP_BREG0 && op <= OP_BREG31)
		return push_register(m, op - (unsigned)OP_BREG0);
	if (op == OP_CONST1U)
		return m->at < m->end && push(m, *m->at++);
	if (op == OP_DEREF)
		return top && dlt_cursor_read(m->cursor, *top, top);
	if (op == OP_PLUS_UCONST) {
		if (!top || m->at == m->end || *m->at >= 0x80)
			return false;
		*top += *m->at++;
		return true;
	}
	return combine(m, op);
}

bool dlt_expression_evaluate(struct dlt_cursor *c, const struct dlt_rule *rule, const uint64_t *cfa,
			     uint64_t *result)
{
	struct machine m = {
		.cursor = c,
		.at = rule->expression,
		.end = rule->expression + rule->length,
	};

	if (cfa)
		push(&m, *cfa);
	while (m.at < m.end)
		if (!run_one(&m))
			return false;
	if (!m.depth)
		return false;
	*result = m.stack[m.depth - 1];
	return true;
}
