/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Call frame information: from a code address to the row that says where its caller's registers
 * are. Format: LSB Core, "Exception Frames"; DWARF 5, section 6.4. Reads the mapped object, writes
 * nothing.
 */
#ifndef DLT_CFI_H
#define DLT_CFI_H

#include <stdbool.h>
#include <stdint.h>

#include "../arch/arch.h"

enum dlt_rule_kind {
	DLT_RULE_SAME,	     /* the caller's value is still in the register */
	DLT_RULE_UNDEFINED,  /* lost; for the return address: there is no caller */
	DLT_RULE_OFFSET,     /* stored at CFA + offset */
	DLT_RULE_VALUE,	     /* is CFA + offset */
	DLT_RULE_REGISTER,   /* is in another register */
	DLT_RULE_EXPRESSION, /* stored where the expression says */
	DLT_RULE_VALUE_EXPRESSION,
};

struct dlt_rule {
	uint8_t kind; /* enum dlt_rule_kind */
	uint8_t reg;
	uint16_t length; /* of the expression */
	union {
		int64_t offset;
		const uint8_t *expression;
	};
};

struct dlt_row {
	struct dlt_rule cfa; /* DLT_RULE_REGISTER (reg + offset) or DLT_RULE_VALUE_EXPRESSION */
	struct dlt_rule regs[DLT_REGS];
	bool signal_frame; /* a signal trampoline: the caller's pc is exact */
	bool has_lsda;	   /* a C++ personality has something to say here */
};

/*
 * The row in force at `pc`, by the binary search table at `eh_frame_hdr` (PT_GNU_EH_FRAME). False
 * where the object has no information for pc or it cannot be understood.
 */
bool dlt_cfi_row(const uint8_t *eh_frame_hdr, uint64_t pc, struct dlt_row *row);

/* The function that covers `pc`, by the same table: [start, end). */
bool dlt_cfi_range(const uint8_t *eh_frame_hdr, uint64_t pc, uint64_t *start, uint64_t *end);

#endif
