/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fatal signals. Where the program leaves a signal at its default, our handler stands in the
 * kernel's table; the program's calls of sigaction and signal see and set the default as ever. The
 * handler writes FAULT, restores the default and lets the signal happen again, so that status and
 * core are those of the program's own instruction.
 */
#include "faults.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <ucontext.h>

#include "../arch/arch.h"
#include "dltrace_wire.h"
#include "hooks.h"
#include "process.h"
#include "record.h"
#include "scope.h"
#include "segment.h"
#include "signals.h"
#include "system.h"
#include "unwind.h"

static const int fatal_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS };

/* The flags a program gave along with SIG_DFL, which sigaction gives back. */
static int default_flags[NSIG];

/* One record at a time, in static memory: the faulting thread may have little stack left. */
static atomic_flag recording = ATOMIC_FLAG_INIT;
static struct dlt_stack fault_stack;

static void on_fatal_signal(int number, siginfo_t *info, void *context);

static bool is_fatal(int number)
{
	for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(fatal_signals[0]); i++)
		if (fatal_signals[i] == number)
			return true;
	return false;
}

static bool is_ours(const struct sigaction *action)
{
	return (action->sa_flags & SA_SIGINFO) && action->sa_sigaction == on_fatal_signal;
}

/*
 * Our handler in the place of the default. SA_NODEFER: a fault in reading the stack is our own to
 * handle.
 */
static struct sigaction ours(const struct sigaction *asked)
{
	return (struct sigaction){
		.sa_sigaction = on_fatal_signal,
		.sa_mask = asked->sa_mask,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER,
	};
}

static void write_fault(int number, const siginfo_t *info, const ucontext_t *context)
{
	const struct dlt_scope *scope;
	uint64_t regs[DLT_REGS];
	struct dlt_wire_fault fault = { .signal = number, .code = info->si_code };
	struct dlt_event event = { .kind = DLT_WIRE_FAULT };

	dlt_arch_from_ucontext(regs, context);
	scope = dlt_scope_drop_below((uintptr_t)regs[DLT_REG_SP]);
	event.phase = scope ? scope->phase : DLT_WIRE_PHASE_NONE;
	event.parent = scope ? scope->seq : 0;
	dlt_unwind_context(&fault_stack, context, scope ? scope->gadget : 0);
	fault.address =
		info->si_code <= 0 ? (uint64_t)info->si_pid : (uint64_t)(uintptr_t)info->si_addr;
	fault.pc = regs[DLT_REG_RA];
	fault.sp = regs[DLT_REG_SP];
	fault.stack =
		(struct dlt_wire_stack){ .count = fault_stack.count, .flags = fault_stack.flags };
	dlt_event_add(&event, &fault, sizeof(fault));
	dlt_event_add(&event, fault_stack.frames,
		      fault_stack.count * sizeof(fault_stack.frames[0]));
	dlt_emit(&event);
}

static void on_fatal_signal(int number, siginfo_t *info, void *context)
{
	struct sigaction none = { .sa_handler = SIG_DFL };
	ucontext_t *interrupted = context;
	const char *pc = (const char *)(uintptr_t)dlt_arch_pc(interrupted);
	int saved_errno = errno;

	if (pc == dlt_read_word_load) { /* dlt_read_word met a hole */
		dlt_arch_set_pc(interrupted, dlt_read_word_failed);
		return;
	}
	if (number == SIGBUS && info->si_code == BUS_ADRERR &&
	    dlt_segment_mend((uint64_t)(uintptr_t)info->si_addr)) {
		errno = saved_errno;
		return;
	}
	/* A vfork child has its parent's memory: it only gets its default back. */
	if (dlt_process.traced && dlt_process_is_self() && !atomic_flag_test_and_set(&recording)) {
		write_fault(number, info, interrupted);
		atomic_flag_clear(&recording);
	}
	dlt_real.sigaction(number, &none, NULL);
	/*
	 * A fault happens again when its instruction is run again. A signal that was sent (code <=
	 * 0) and a trap, which leaves the pc behind its instruction, is sent again with the same
	 * siginfo, and comes when this handler has returned.
	 */
	if (info->si_code <= 0 || number == SIGTRAP || number == SIGSYS) {
		uint64_t mask = dlt_signal_bit(number);

		dlt_signal_mask(SIG_BLOCK, &mask, NULL); /* until the return restores the mask */
		dlt_queue_signal(number, info);
	}
	errno = saved_errno;
}

void dlt_faults_start(void)
{
	for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(fatal_signals[0]); i++) {
		struct sigaction action;

		if (dlt_real.sigaction(fatal_signals[i], NULL, &action) ||
		    (action.sa_flags & SA_SIGINFO) || action.sa_handler != SIG_DFL)
			continue;
		action = ours(&action);
		dlt_real.sigaction(fatal_signals[i], &action, NULL);
	}
}

/* MARK: hooks */

/* A vfork child has dispositions of its own, but not this memory. */
static void keep_default_flags(int number, int flags)
{
	if (dlt_process_is_self())
		default_flags[number] = flags;
}

/* The program's view of a disposition. */
static sighandler_t handler_of(const struct sigaction *action)
{
	return is_ours(action) ? SIG_DFL : action->sa_handler;
}

static int change_action(int (*real)(int, const struct sigaction *, struct sigaction *), int number,
			 const struct sigaction *action, struct sigaction *before)
{
	struct sigaction replaced, old;
	sighandler_t asked;
	int old_flags, result;

	if (!dlt_process.traced || (!action && !is_fatal(number)))
		return real(number, action, before);
	asked = action ? action->sa_handler : SIG_DFL; /* `before` may be the same */
	old_flags = is_fatal(number) ? default_flags[number] : 0;
	if (action && asked == SIG_DFL && is_fatal(number)) {
		keep_default_flags(number, action->sa_flags);
		replaced = ours(action);
		result = real(number, &replaced, &old);
	} else {
		result = real(number, action, &old);
	}
	if (result)
		return result;
	if (action)
		dlt_signals_changed(number, handler_of(&old), asked);
	if (is_ours(&old)) {
		old.sa_handler = SIG_DFL;
		old.sa_flags = old_flags;
	}
	if (before)
		*before = old;
	return 0;
}

int sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
	dlt_hooks_resolve();
	return change_action(dlt_real.sigaction, number, action, before);
}

int __sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
	dlt_hooks_resolve();
	return change_action(dlt_real.__sigaction, number, action, before);
}

/*
 * The C library changes SA_RESTART of the disposition in the kernel's table past our hooks. Behind
 * our handler the other flags are those of the call (sysdeps/posix/siginterrupt.c).
 */
int siginterrupt(int number, int interrupts)
{
	enum { OURS = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	struct sigaction now;
	int result;

	dlt_hooks_resolve();
	result = dlt_real.siginterrupt(number, interrupts);
	if (!result && dlt_process.traced && is_fatal(number) &&
	    !dlt_real.sigaction(number, NULL, &now) && is_ours(&now))
		keep_default_flags(number, (default_flags[number] & OURS) | (now.sa_flags & ~OURS));
	return result;
}

/*
 * The functions of signal's form: the real one acts, then the default becomes ours again. sigset(3)
 * does not always say what was before.
 */
static sighandler_t change_handler(sighandler_t (*real)(int, sighandler_t), int number,
				   sighandler_t handler)
{
	struct sigaction was, now;
	sighandler_t before;
	bool known;

	if (!dlt_process.traced)
		return real(number, handler);
	known = real == dlt_real.sigset && !dlt_real.sigaction(number, NULL, &was);
	before = real(number, handler);
	if (before == SIG_ERR)
		return before;
	if (before == (sighandler_t)(void (*)(void))on_fatal_signal)
		before = SIG_DFL;
	if (handler == SIG_DFL && is_fatal(number) && !dlt_real.sigaction(number, NULL, &now)) {
		keep_default_flags(number, now.sa_flags);
		now = ours(&now);
		dlt_real.sigaction(number, &now, NULL);
	}
	if (handler != SIG_HOLD)
		dlt_signals_changed(number, known ? handler_of(&was) : before, handler);
	return before;
}

int sigignore(int number)
{
	struct sigaction was;
	bool known;
	int result;

	dlt_hooks_resolve();
	known = dlt_process.traced && !dlt_real.sigaction(number, NULL, &was);
	result = dlt_real.sigignore(number);
	if (!result && known)
		dlt_signals_changed(number, handler_of(&was), SIG_IGN);
	return result;
}

#define SIGNAL_HOOK(name)                                              \
	sighandler_t name(int number, sighandler_t handler)            \
	{                                                              \
		dlt_hooks_resolve();                                   \
		return change_handler(dlt_real.name, number, handler); \
	}

SIGNAL_HOOK(signal)
SIGNAL_HOOK(bsd_signal)
SIGNAL_HOOK(ssignal)
SIGNAL_HOOK(sysv_signal)
SIGNAL_HOOK(__sysv_signal)
SIGNAL_HOOK(sigset)
