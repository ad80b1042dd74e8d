/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the interposer needs to know of the processor: the registers an unwind step follows, how a
 * signal's context gives them, and the functions of the assembler file beside this header.
 */
#ifndef DLT_ARCH_H
#define DLT_ARCH_H

/* How many words of the stack a borrowed return may take for its frame (dlt_call_as); odd. */
#define DLT_CONTINUATIONS 15

#ifndef __ASSEMBLER__

#include <elf.h>
#include <stdint.h>
#include <ucontext.h>

#if defined(__x86_64__)

/* DWARF register numbers, System V ABI x86-64, figure 3.36. */
enum {
	DLT_REG_FP = 6,
	DLT_REG_SP = 7,
	DLT_REG_RA = 16,
	DLT_REGS = 17,
};

#define DLT_RET_INSTRUCTION 0xc3

static inline void dlt_arch_from_ucontext(uint64_t regs[DLT_REGS], const ucontext_t *uc)
{
	const greg_t *g = uc->uc_mcontext.gregs;

	regs[0] = (uint64_t)g[REG_RAX], regs[1] = (uint64_t)g[REG_RDX];
	regs[2] = (uint64_t)g[REG_RCX], regs[3] = (uint64_t)g[REG_RBX];
	regs[4] = (uint64_t)g[REG_RSI], regs[5] = (uint64_t)g[REG_RDI];
	regs[6] = (uint64_t)g[REG_RBP], regs[7] = (uint64_t)g[REG_RSP];
	for (int i = 0; i < 8; i++)
		regs[8 + i] = (uint64_t)g[REG_R8 + i];
	regs[DLT_REG_RA] = (uint64_t)g[REG_RIP];
}

static inline uint64_t dlt_arch_pc(const ucontext_t *uc)
{
	return (uint64_t)uc->uc_mcontext.gregs[REG_RIP];
}

static inline void dlt_arch_set_pc(ucontext_t *uc, const void *pc)
{
	uc->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)pc;
}

/* From a function that has a frame pointer to who called it. */
static inline void dlt_arch_leave_frame(uint64_t *pc, uint64_t *sp, uint64_t *fp)
{
	const uint64_t *frame = (const uint64_t *)(uintptr_t)*fp;

	*fp = frame[0];
	*pc = frame[1];
	*sp = (uint64_t)(uintptr_t)&frame[2];
}

/* Whether a relocation of this type makes a slot hold a symbol's address. */
static inline int dlt_arch_is_slot(uint64_t type)
{
	return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT;
}

/* Whether one of this type makes a word hold a symbol's address and the addend. */
static inline int dlt_arch_is_binding(uint64_t type)
{
	return dlt_arch_is_slot(type) || type == R_X86_64_64;
}

/*
 * The frame pointer in a function that begins as compilers begin one that has it (push %rbp; mov
 * %rsp, %rbp; a push for each of the `saved` registers; sub of the rest), where the stack pointer
 * is `sp` behind all that; 0 where it begins in another way.
 */
static inline uint64_t dlt_arch_frame_pointer(const uint8_t *function, uint64_t pc, uint64_t sp,
					      unsigned saved)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	static const uint8_t begin[] = { 0x55, 0x48, 0x89, 0xe5 };
	const uint8_t *at = function;
	int32_t bytes = 0;

	if (!__builtin_memcmp(at, endbr64, sizeof(endbr64)))
		at += sizeof(endbr64);
	if (__builtin_memcmp(at, begin, sizeof(begin)))
		return 0;
	at += sizeof(begin);
	for (unsigned i = 0; i < saved; i++) {
		at += *at == 0x41; /* r8 to r15 */
		if (*at < 0x50 || *at > 0x57)
			return 0;
		at++;
	}
	if (at[0] == 0x48 && at[1] == 0x83 && at[2] == 0xec) { /* sub $8 bits, %rsp */
		bytes = (int8_t)at[3];
		at += 4;
	} else if (at[0] == 0x48 && at[1] == 0x83 && at[2] == 0xc4) { /* add $-128, %rsp */
		bytes = -(int8_t)at[3];
		at += 4;
	} else if (at[0] == 0x48 && at[1] == 0x81 && at[2] == 0xec) { /* sub $32 bits, %rsp */
		__builtin_memcpy(&bytes, at + 3, sizeof(bytes));
		at += 7;
	}
	if (bytes < 0 || pc < (uint64_t)(uintptr_t)at)
		return 0;
	return sp + 8 * saved + (uint64_t)bytes;
}

enum { DLT_CALL_BYTES = 7 }; /* of a call instruction, at most */

/* Where the call before a return address leads; 0 if that is no direct call. */
static inline uint64_t dlt_arch_call_target(const uint8_t *return_address)
{
	int32_t offset;

	if (return_address[-5] != 0xe8)
		return 0;
	__builtin_memcpy(&offset, return_address - 4, sizeof(offset));
	return (uint64_t)(uintptr_t)(return_address + offset);
}

/*
 * Whether there is an indirect call before a return address: ff /2, through a register or memory
 * with a displacement of 0, 8 or 32 bits.
 */
static inline int dlt_arch_is_indirect_call(const uint8_t *r)
{
	return (r[-2] == 0xff && ((r[-1] & 0xf8) == 0xd0 || (r[-1] & 0xf8) == 0x10)) ||
	       (r[-3] == 0xff && (r[-2] & 0xf8) == 0x50) || (r[-4] == 0xff && r[-3] == 0x54) ||
	       (r[-6] == 0xff && ((r[-5] & 0xf8) == 0x90 || r[-5] == 0x15)) ||
	       (r[-7] == 0xff && r[-6] == 0x94);
}

/* The slot that a linkage stub jumps through ([endbr64;] [bnd] jmp *slot(%rip)); 0: it is none. */
static inline uint64_t dlt_arch_stub_slot(const uint8_t *code)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	int32_t offset;

	if (!__builtin_memcmp(code, endbr64, sizeof(endbr64)))
		code += sizeof(endbr64);
	code += *code == 0xf2;
	if (code[0] != 0xff || code[1] != 0x25)
		return 0;
	__builtin_memcpy(&offset, code + 2, sizeof(offset));
	return (uint64_t)(uintptr_t)(code + 6 + offset);
}

enum { DLT_JUMP_BYTES = 14 };

/* An empty function as compilers lay it: a return and padding up to the next one. */
static inline int dlt_arch_is_empty_function(const uint8_t *code)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	int at = 0;

	if (!__builtin_memcmp(code, endbr64, sizeof(endbr64)))
		at += (int)sizeof(endbr64);
	if (code[at++] != DLT_RET_INSTRUCTION)
		return 0;
	while (at < DLT_JUMP_BYTES) {
		/* no-ops of one to eleven bytes, and int3 */
		int prefix = at;

		if (code[at] == 0x90 || code[at] == 0xcc) {
			at++;
			continue;
		}
		while (code[at] == 0x66 || code[at] == 0x2e)
			at++;
		if (code[at] == 0x90 && at > prefix) {
			at++;
			continue;
		}
		if (code[at] != 0x0f || code[at + 1] != 0x1f)
			return 0;
		switch (code[at + 2]) {
		case 0x00:
			at += 3;
			break;
		case 0x40:
			at += 4;
			break;
		case 0x44:
			at += 5;
			break;
		case 0x80:
			at += 7;
			break;
		case 0x84:
			at += 8;
			break;
		default:
			return 0;
		}
	}
	return 1;
}

/* jmp *(%rip), to the address behind it */
static inline void dlt_arch_make_jump(uint8_t jump[DLT_JUMP_BYTES], const void *target)
{
	static const uint8_t code[] = { 0xff, 0x25, 0, 0, 0, 0 };

	__builtin_memcpy(jump, code, sizeof(code));
	__builtin_memcpy(jump + sizeof(code), &target, sizeof(target));
}

static inline long dlt_arch_system_call(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

/* The address of the thread's control block, which is pthread_self(3). */
static inline uint64_t dlt_arch_thread(void)
{
	uint64_t thread;

	__asm__("movq %%fs:0, %0" : "=r"(thread));
	return thread;
}

/* Whether a user shadow stack is on, which a borrowed return address would violate. */
static inline int dlt_arch_shadow_stack(void)
{
	uint64_t ssp = 0;

	/* rdsspq: a no-op that leaves the register alone where there is no shadow stack */
	__asm__ volatile("rdsspq %0" : "+r"(ssp));
	return ssp != 0;
}

#else
#error "libdltrace.so: this processor has no arch/ file yet (x86-64 only)"
#endif

void *dlt_call_as(void *function, void *gadget, long a0, long a1, long a2);
extern const char dlt_call_as_return[];
void *dlt_thread_entry(void *thread);
int dlt_read_word(const void *address, uint64_t *word);
extern const char dlt_read_word_load[], dlt_read_word_failed[];
extern const char dlt_thunks[], dlt_slot_thunks[];
extern const char dlt_arch_code[], dlt_arch_code_end[]; /* of the assembler file */

#endif /* __ASSEMBLER__ */

#endif
