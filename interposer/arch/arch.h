/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the interposer needs to know of the processor: the registers an unwind step follows, how a
 * signal's context gives them, and the functions of the assembler file beside this header.
 */
#ifndef DLT_ARCH_H
#define DLT_ARCH_H

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

/* The registers at this place, for a walk that starts in this very function. */
#define DLT_ARCH_HERE(pc, sp, fp)                                                                  \
	__asm__ volatile("leaq 0(%%rip), %0\n\tmovq %%rsp, %1\n\tmovq %%rbp, %2"                  \
			 : "=&r"(pc), "=&r"(sp), "=&r"(fp)::"memory")

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
int dlt_read_word(const void *address, uint64_t *word);
extern const char dlt_read_word_load[], dlt_read_word_failed[];
extern const char dlt_fini_thunks[];

#endif
