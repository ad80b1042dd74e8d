/* SPDX-License-Identifier: Apache-2.0 */
/* Reads call frame information; see cfi.h. Knows nothing of stacks and threads. */
#include "cfi.h"

#include <string.h>

/* Pointer encodings, LSB Core, table 11-1 (DW_EH_PE_*). */
enum {
	PE_ABSPTR = 0x00,
	PE_ULEB128 = 0x01,
	PE_UDATA2 = 0x02,
	PE_UDATA4 = 0x03,
	PE_UDATA8 = 0x04,
	PE_SLEB128 = 0x09,
	PE_SDATA2 = 0x0a,
	PE_SDATA4 = 0x0b,
	PE_SDATA8 = 0x0c,
	PE_PCREL = 0x10,
	PE_DATAREL = 0x30,
	PE_INDIRECT = 0x80,
	PE_OMIT = 0xff,
};

struct reader {
	const uint8_t *at, *end;
};

struct cie {
	uint64_t code_align;
	int64_t data_align;
	uint8_t pointer_encoding, lsda_encoding;
	bool has_augmentation, signal_frame;
	struct reader instructions;
};

struct fde {
	struct cie cie;
	uint64_t start, range;
	bool has_lsda;
	struct reader instructions;
};

static uint64_t read_fixed(struct reader *r, size_t size)
{
	uint64_t value = 0;

	if ((size_t)(r->end - r->at) < size) {
		r->at = r->end;
		return 0;
	}
	memcpy(&value, r->at, size);
	r->at += size;
	return value;
}

static uint64_t read_uleb(struct reader *r)
{
	uint64_t value = 0;

	for (unsigned shift = 0; r->at < r->end; shift += 7) {
		uint8_t byte = *r->at++;

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return value;
}

static int64_t read_sleb(struct reader *r)
{
	uint64_t value = 0;
	unsigned shift = 0;
	uint8_t byte = 0;

	while (r->at < r->end) {
		byte = *r->at++;
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
		if (!(byte & 0x80))
			break;
	}
	if (shift < 64 && (byte & 0x40))
		value |= ~(uint64_t)0 << shift;
	return (int64_t)value;
}

static uint64_t read_encoded(struct reader *r, uint8_t encoding, uint64_t data_base)
{
	uint64_t here = (uint64_t)(uintptr_t)r->at, value;

	if (encoding == PE_OMIT)
		return 0;
	switch (encoding & 0x0f) {
	case PE_ABSPTR:
	case PE_UDATA8:
	case PE_SDATA8:
		value = read_fixed(r, 8);
		break;
	case PE_ULEB128:
		value = read_uleb(r);
		break;
	case PE_SLEB128:
		value = (uint64_t)read_sleb(r);
		break;
	case PE_UDATA2:
		value = read_fixed(r, 2);
		break;
	case PE_SDATA2:
		value = (uint64_t)(int16_t)read_fixed(r, 2);
		break;
	case PE_UDATA4:
		value = read_fixed(r, 4);
		break;
	case PE_SDATA4:
		value = (uint64_t)(int32_t)read_fixed(r, 4);
		break;
	default:
		r->at = r->end;
		return 0;
	}
	/* A null pointer is null in every encoding. */
	if (value && (encoding & 0x70) == PE_PCREL)
		value += here;
	else if (value && (encoding & 0x70) == PE_DATAREL)
		value += data_base;
	return value;
}

/* The contents of the length-prefixed entry at `at`; empty where the section ends. */
static struct reader entry(const uint8_t *at)
{
	struct reader r = { at, at + 12 };
	uint64_t length = read_fixed(&r, 4);

	if (length == 0xffffffff)
		length = read_fixed(&r, 8);
	r.end = r.at + length;
	return r;
}

static bool read_cie(const uint8_t *at, struct cie *cie)
{
	struct reader r = entry(at);
	const char *augmentation;
	uint8_t version;

	if (r.at == r.end || read_fixed(&r, 4) != 0)
		return false;
	version = (uint8_t)read_fixed(&r, 1);
	augmentation = (const char *)r.at;
	r.at += strlen(augmentation) + 1;
	cie->code_align = read_uleb(&r);
	cie->data_align = read_sleb(&r);
	if (version == 1)
		read_fixed(&r, 1);
	else
		read_uleb(&r);
	cie->pointer_encoding = PE_ABSPTR;
	cie->lsda_encoding = PE_OMIT;
	cie->signal_frame = false;
	cie->has_augmentation = *augmentation == 'z';
	if (*augmentation && !cie->has_augmentation)
		return false;
	if (cie->has_augmentation) {
		uint64_t length = read_uleb(&r);
		struct reader data = { r.at, r.at + length };

		for (const char *c = augmentation + 1; *c; c++) {
			if (*c == 'R')
				cie->pointer_encoding = (uint8_t)read_fixed(&data, 1);
			else if (*c == 'L')
				cie->lsda_encoding = (uint8_t)read_fixed(&data, 1);
			else if (*c == 'S')
				cie->signal_frame = true;
			else if (*c == 'P') {
				uint8_t encoding = (uint8_t)read_fixed(&data, 1);

				read_encoded(&data, encoding, 0);
			} else if (*c != 'B')
				break;
		}
		r.at += length;
	}
	cie->instructions = r;
	return true;
}

static bool read_fde(const uint8_t *at, uint64_t pc, struct fde *fde)
{
	struct reader r = entry(at);
	const uint8_t *cie_field = r.at;
	uint64_t cie_offset;

	if (r.at == r.end)
		return false;
	cie_offset = read_fixed(&r, 4);
	if (!cie_offset || !read_cie(cie_field - cie_offset, &fde->cie))
		return false;
	fde->start = read_encoded(&r, fde->cie.pointer_encoding, 0);
	fde->range = read_encoded(&r, fde->cie.pointer_encoding & 0x0f, 0);
	if (pc < fde->start || pc - fde->start >= fde->range)
		return false;
	fde->has_lsda = false;
	if (fde->cie.has_augmentation) {
		uint64_t length = read_uleb(&r);
		struct reader data = r;

		fde->has_lsda = read_encoded(&data, fde->cie.lsda_encoding, 0) != 0;
		r.at += length;
	}
	fde->instructions = r;
	return true;
}

static void set_rule(struct dlt_row *row, uint64_t reg, struct dlt_rule rule)
{
	if (reg < DLT_REGS)
		row->regs[reg] = rule;
}

static struct dlt_rule expression_rule(struct reader *r, enum dlt_rule_kind kind)
{
	uint64_t length = read_uleb(r);
	struct dlt_rule rule = { .kind = (uint8_t)kind, .expression = r->at };

	if (length > (uint64_t)(r->end - r->at))
		length = 0;
	rule.length = (uint16_t)length;
	r->at += length;
	return rule;
}

/* Runs call frame instructions up to the row for `pc`; false at one that is not understood. */
static bool run(struct reader r, const struct cie *cie, uint64_t location, uint64_t pc,
		const struct dlt_row *initial, struct dlt_row *row)
{
	enum { REMEMBERED = 4 };
	struct dlt_row saved[REMEMBERED];
	unsigned depth = 0;

	while (r.at < r.end) {
		uint8_t op = *r.at++;
		uint64_t reg = op & 0x3f;
		uint64_t advance = 0;

		switch (op & 0xc0) {
		case 0x40: /* DW_CFA_advance_loc */
			advance = reg;
			goto advance_loc;
		case 0x80: /* DW_CFA_offset */
			set_rule(row, reg,
				 (struct dlt_rule){ .kind = DLT_RULE_OFFSET,
						    .offset = (int64_t)read_uleb(&r) *
							      cie->data_align });
			continue;
		case 0xc0: /* DW_CFA_restore */
			if (reg < DLT_REGS)
				row->regs[reg] = initial->regs[reg];
			continue;
		}
		switch (op) {
		case 0x00: /* DW_CFA_nop */
			break;
		case 0x01: /* DW_CFA_set_loc */
			location = read_encoded(&r, cie->pointer_encoding, 0);
			if (location > pc)
				return true;
			break;
		case 0x02: /* DW_CFA_advance_loc1 */
			advance = read_fixed(&r, 1);
			goto advance_loc;
		case 0x03: /* DW_CFA_advance_loc2 */
			advance = read_fixed(&r, 2);
			goto advance_loc;
		case 0x04: /* DW_CFA_advance_loc4 */
			advance = read_fixed(&r, 4);
			goto advance_loc;
		case 0x05: /* DW_CFA_offset_extended */
			reg = read_uleb(&r);
			set_rule(row, reg,
				 (struct dlt_rule){ .kind = DLT_RULE_OFFSET,
						    .offset = (int64_t)read_uleb(&r) *
							      cie->data_align });
			break;
		case 0x06: /* DW_CFA_restore_extended */
			reg = read_uleb(&r);
			if (reg < DLT_REGS)
				row->regs[reg] = initial->regs[reg];
			break;
		case 0x07: /* DW_CFA_undefined */
			set_rule(row, read_uleb(&r),
				 (struct dlt_rule){ .kind = DLT_RULE_UNDEFINED });
			break;
		case 0x08: /* DW_CFA_same_value */
			set_rule(row, read_uleb(&r), (struct dlt_rule){ .kind = DLT_RULE_SAME });
			break;
		case 0x09: /* DW_CFA_register */
			reg = read_uleb(&r);
			set_rule(row, reg,
				 (struct dlt_rule){ .kind = DLT_RULE_REGISTER,
						    .reg = (uint8_t)read_uleb(&r) });
			break;
		case 0x0a: /* DW_CFA_remember_state */
			if (depth == REMEMBERED)
				return false;
			saved[depth++] = *row;
			break;
		case 0x0b: /* DW_CFA_restore_state */
			if (!depth)
				return false;
			*row = saved[--depth];
			break;
		case 0x0c: /* DW_CFA_def_cfa */
			row->cfa.kind = DLT_RULE_REGISTER;
			row->cfa.reg = (uint8_t)read_uleb(&r);
			row->cfa.offset = (int64_t)read_uleb(&r);
			break;
		case 0x0d: /* DW_CFA_def_cfa_register */
			row->cfa.kind = DLT_RULE_REGISTER;
			row->cfa.reg = (uint8_t)read_uleb(&r);
			break;
		case 0x0e: /* DW_CFA_def_cfa_offset */
			row->cfa.offset = (int64_t)read_uleb(&r);
			break;
		case 0x0f: /* DW_CFA_def_cfa_expression */
			row->cfa = expression_rule(&r, DLT_RULE_VALUE_EXPRESSION);
			break;
		case 0x10: /* DW_CFA_expression */
			reg = read_uleb(&r);
			set_rule(row, reg, expression_rule(&r, DLT_RULE_EXPRESSION));
			break;
		case 0x11: /* DW_CFA_offset_extended_sf */
			reg = read_uleb(&r);
			set_rule(row, reg,
				 (struct dlt_rule){ .kind = DLT_RULE_OFFSET,
						    .offset = read_sleb(&r) * cie->data_align });
			break;
		case 0x12: /* DW_CFA_def_cfa_sf */
			row->cfa.kind = DLT_RULE_REGISTER;
			row->cfa.reg = (uint8_t)read_uleb(&r);
			row->cfa.offset = read_sleb(&r) * cie->data_align;
			break;
		case 0x13: /* DW_CFA_def_cfa_offset_sf */
			row->cfa.offset = read_sleb(&r) * cie->data_align;
			break;
		case 0x14: /* DW_CFA_val_offset */
			reg = read_uleb(&r);
			set_rule(row, reg,
				 (struct dlt_rule){ .kind = DLT_RULE_VALUE,
						    .offset = (int64_t)read_uleb(&r) *
							      cie->data_align });
			break;
		case 0x16: /* DW_CFA_val_expression */
			reg = read_uleb(&r);
			set_rule(row, reg, expression_rule(&r, DLT_RULE_VALUE_EXPRESSION));
			break;
		case 0x2e: /* DW_CFA_GNU_args_size */
			read_uleb(&r);
			break;
		default:
			return false;
		}
		continue;
advance_loc:
		location += advance * cie->code_align;
		if (location > pc)
			return true;
	}
	return true;
}

/* The FDE that may cover `pc`, from the sorted table of PT_GNU_EH_FRAME; NULL if there is none. */
static const uint8_t *find_fde(const uint8_t *hdr, uint64_t pc)
{
	struct reader r = { hdr + 4, hdr + 4 + 16 };
	uint64_t base = (uint64_t)(uintptr_t)hdr, count;
	const int32_t *table;
	int64_t target = (int64_t)(pc - base);
	size_t low = 0, high;

	/* version 1; the table of every linker: pairs of 4-byte offsets from the header */
	if (hdr[0] != 1 || hdr[2] == PE_OMIT || hdr[3] != (PE_DATAREL | PE_SDATA4))
		return NULL;
	read_encoded(&r, hdr[1], base);
	count = read_encoded(&r, hdr[2], base);
	table = (const int32_t *)r.at;
	if (!count || target < table[0])
		return NULL;
	high = count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (target < table[2 * middle])
			high = middle;
		else
			low = middle;
	}
	return hdr + table[2 * low + 1];
}

bool dlt_cfi_row(const uint8_t *eh_frame_hdr, uint64_t pc, struct dlt_row *row)
{
	const uint8_t *at = find_fde(eh_frame_hdr, pc);
	struct dlt_row initial;
	struct fde fde;

	if (!at || !read_fde(at, pc, &fde))
		return false;
	memset(row, 0, sizeof(*row)); /* every register DLT_RULE_SAME */
	if (!run(fde.cie.instructions, &fde.cie, 0, ~(uint64_t)0, row, row))
		return false;
	initial = *row;
	row->signal_frame = fde.cie.signal_frame;
	row->has_lsda = fde.has_lsda;
	return run(fde.instructions, &fde.cie, fde.start, pc, &initial, row);
}

bool dlt_cfi_range(const uint8_t *eh_frame_hdr, uint64_t pc, uint64_t *start, uint64_t *end)
{
	const uint8_t *at = find_fde(eh_frame_hdr, pc);
	struct fde fde;

	if (!at || !read_fde(at, pc, &fde))
		return false;
	*start = fde.start;
	*end = fde.start + fde.range;
	return true;
}
