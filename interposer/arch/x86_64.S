/* SPDX-License-Identifier: Apache-2.0 */
/*
 * x86-64: the few instructions that C cannot say. Each has unwind rows, so that every unwinder
 * walks through the tracer's frames as through any other.
 */

#include "../src/lifecycle.h"
#include "../src/slots.h"
#include "arch.h"

	.text

	.globl	dlt_arch_code
	.hidden	dlt_arch_code
dlt_arch_code:

/*
 * void *dlt_call_as(void *function, void *gadget, long a0, long a1, long a2)
 *
 * Calls function(a0, a1, a2) with `gadget`, the address of a `ret` in somebody else's code, as its
 * return address: that code then is the caller that glibc's dlopen sees (dlfcn/dlopen.c,
 * RETURN_ADDRESS). The `ret` pops the continuation below it, and control is back here.
 *
 * Unwinders, those of exceptions too, take the `ret` for the frame that it ends. Whatever small
 * frame that is, its return address is the continuation, and rbp stays: hence the many
 * continuations, and a frame of rbp's that is its own outer one. What else it claims to have
 * saved is put right by the frame here. unwind.c chooses the `ret` by that.
 */
	.globl	dlt_call_as
	.hidden	dlt_call_as
	.type	dlt_call_as, @function
	.globl	dlt_call_as_return
	.hidden	dlt_call_as_return
dlt_call_as:
	.cfi_startproc
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	.irp	register, rbx, r12, r13, r14, r15
	pushq	%\register
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %\register, 0
	.endr
	leaq	1f(%rip), %r10
	leaq	-16(%rsp), %rbp
	pushq	%r10
	.cfi_adjust_cfa_offset 8
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_def_cfa_register %rbp
	movq	%rdi, %rax
	movq	%rsi, %r11
	movq	%rdx, %rdi
	movq	%rcx, %rsi
	movq	%r8, %rdx
	.rept	DLT_CONTINUATIONS		/* odd: the function wants rsp at 8 mod 16 on entry */
	pushq	%r10
	.endr
	pushq	%r11
	jmp	*%rax
dlt_call_as_return:
1:	leaq	16(%rbp), %rsp
	.cfi_def_cfa %rsp, 56
	.irp	register, r15, r14, r13, r12, rbx, rbp
	popq	%\register
	.cfi_adjust_cfa_offset -8
	.cfi_restore %\register
	.endr
	ret
	.cfi_endproc
	.size	dlt_call_as, . - dlt_call_as

/*
 * The start routine that new threads get (threads.c). It leaves by a jump to the program's own
 * routine with its own argument: nothing of ours is left on the thread's stack.
 */
	.globl	dlt_thread_entry
	.hidden	dlt_thread_entry
	.type	dlt_thread_entry, @function
dlt_thread_entry:
	.cfi_startproc
	subq	$8, %rsp
	.cfi_def_cfa_offset 16
	call	dlt_thread_begin		/* routine in rax, argument in rdx */
	addq	$8, %rsp
	.cfi_def_cfa_offset 8
	movq	%rdx, %rdi
	jmp	*%rax
	.cfi_endproc
	.size	dlt_thread_entry, . - dlt_thread_entry

/*
 * int dlt_read_word(const void *address, uint64_t *word)
 *
 * Reads 8 bytes that may not be mapped: 0 when read, -1 when not. The signal handler finds a fault at
 * dlt_read_word_load and continues at dlt_read_word_failed (faults.c).
 */
	.globl	dlt_read_word
	.hidden	dlt_read_word
	.type	dlt_read_word, @function
	.globl	dlt_read_word_load
	.hidden	dlt_read_word_load
	.globl	dlt_read_word_failed
	.hidden	dlt_read_word_failed
dlt_read_word:
	.cfi_startproc
dlt_read_word_load:
	movq	(%rdi), %rax
	movq	%rax, (%rsi)
	xorl	%eax, %eax
	ret
dlt_read_word_failed:
	movl	$-1, %eax
	ret
	.cfi_endproc
	.size	dlt_read_word, . - dlt_read_word

/*
 * The loader calls an object's init and fini functions without saying whose they are, so each hooked one
 * gets a thunk with its number. dlt_thunks + 16 * n is the thunk of number n; there are DLT_THUNKS
 * (lifecycle.h). Init functions take three arguments, so the number is the fourth.
 */
	.globl	dlt_thunks
	.hidden	dlt_thunks
	.type	dlt_thunks, @function
	.p2align 4
dlt_thunks:
	.cfi_startproc
	.set	number, 0
	.rept	DLT_THUNKS
	.p2align 4
	movl	$number, %ecx
	jmp	dlt_lifecycle_run
	.set	number, number + 1
	.endr
	.cfi_endproc
	.size	dlt_thunks, . - dlt_thunks

/*
 * The same for functions that are registered with the C library: dlt_slot_thunks + 16 * n is the thunk
 * of slot n (slots.h). They get two arguments at most, so the number is the third.
 */
	.globl	dlt_slot_thunks
	.hidden	dlt_slot_thunks
	.type	dlt_slot_thunks, @function
	.p2align 4
dlt_slot_thunks:
	.cfi_startproc
	.set	number, 0
	.rept	DLT_SLOTS
	.p2align 4
	movl	$number, %edx
	jmp	dlt_slot_run
	.set	number, number + 1
	.endr
	.cfi_endproc
	.size	dlt_slot_thunks, . - dlt_slot_thunks

/*
 * These look at their return address, so they must be jumped to with the program's own on top of the
 * stack. dlt_enter_NAME (loader.c) says where to; the argument registers are kept around it.
 */
	.macro	jump_hook name
	.globl	\name
	.type	\name, @function
\name:
	.cfi_startproc
	.irp	register, rdi, rsi, rdx, rcx, r8, r9, r10
	pushq	%\register
	.cfi_adjust_cfa_offset 8
	.endr
	call	dlt_enter_\name
	.irp	register, r10, r9, r8, rcx, rdx, rsi, rdi
	popq	%\register
	.cfi_adjust_cfa_offset -8
	.endr
	jmp	*%rax
	.cfi_endproc
	.size	\name, . - \name
	.endm

	jump_hook dlopen
	jump_hook dlmopen
	jump_hook dlsym
	jump_hook dlvsym
	jump_hook dlinfo
	jump_hook syscall

	.globl	dlt_arch_code_end
	.hidden	dlt_arch_code_end
dlt_arch_code_end:

	.section .note.GNU-stack, "", @progbits
