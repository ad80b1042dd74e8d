/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks of exit, quick_exit, _exit and _Exit; see exit.h. */
#include "exit.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "dltrace_wire.h"
#include "hooks.h"
#include "inside.h"
#include "process.h"
#include "record.h"
#include "scope.h"
#include "segment.h"
#include "silent.h"
#include "unwind.h"
#include "watch.h"

extern void *__dso_handle __attribute__((visibility("hidden"))); /* this library's, of crtbegin */

static _Atomic uint64_t exit_seq;
static _Atomic uint32_t exit_tid, exit_how;
static _Atomic int exit_status;

static uint64_t begin_exit(int status, uint32_t how)
{
	uint64_t seq;

	dlt_watch_poll();
	dlt_silent_inits(NULL);
	seq = dlt_emit_exit(status, how);

	atomic_store(&exit_how, how);
	atomic_store(&exit_status, status);
	atomic_store(&exit_tid, dlt_thread_id());
	atomic_store(&exit_seq, seq);
	return seq;
}

uint64_t dlt_exit_seq(void)
{
	uint64_t seq = atomic_load(&exit_seq);

	if (seq)
		return atomic_load(&exit_tid) == dlt_thread_id() ? seq : 0;
	if (!dlt_unwind_is_beneath((uint64_t)(uintptr_t)dlt_real.exit))
		return 0;
	seq = begin_exit(0, DLT_WIRE_EXIT_RETURN);
	dlt_inside_exit(seq);
	return seq;
}

void dlt_exit_renew(void)
{
	atomic_store(&exit_seq, 0);
}

static void say_bye(int status, uint32_t how)
{
	struct dlt_wire_bye bye = { .status = status, .how = how };
	struct dlt_event event = { .kind = DLT_WIRE_BYE, .parent = atomic_load(&exit_seq) };

	dlt_segment_look_after();
	dlt_event_add(&event, &bye, sizeof(bye));
	dlt_emit(&event);
}

/* The last exit handler: everything has been finalized. */
static void last_handler(int status, void *unused)
{
	(void)unused;
	if (!dlt_process.traced)
		return;
	if (!atomic_load(&exit_seq))
		begin_exit(status, DLT_WIRE_EXIT_RETURN);
	dlt_silent_finis(NULL, atomic_load(&exit_seq));
	say_bye(status, atomic_load(&exit_how));
}

/* The same for quick_exit, which gives its handlers no status. */
static void last_quick_handler(void *unused)
{
	(void)unused;
	if (dlt_process.traced)
		say_bye(atomic_load(&exit_status), DLT_WIRE_EXIT_QUICK);
}

void dlt_exit_start(void)
{
	dlt_real.on_exit(last_handler, NULL);
	dlt_real.__cxa_at_quick_exit(last_quick_handler, &__dso_handle);
}

/* MARK: hooks */

/* Writes EXIT; what runs until the end lies beneath it. */
static void enter_exit(struct dlt_scope *scope, int status, uint32_t how)
{
	bool again = atomic_load(&exit_seq) != 0; /* exit called in an exit handler */

	*scope = (struct dlt_scope){ .kind = DLT_WIRE_EXIT };
	dlt_hooks_resolve();
	if (!dlt_process.traced)
		return;
	dlt_scope_drop_abandoned();
	scope->seq = begin_exit(status, how);
	if (how == DLT_WIRE_EXIT_CALL && !again) /* quick_exit finalizes nothing */
		dlt_inside_exit(scope->seq);
	dlt_scope_enter(scope);
}

void exit(int status)
{
	struct dlt_scope scope;

	enter_exit(&scope, status, DLT_WIRE_EXIT_CALL);
	dlt_real.exit(status);
	__builtin_unreachable();
}

void quick_exit(int status)
{
	struct dlt_scope scope;

	enter_exit(&scope, status, DLT_WIRE_EXIT_QUICK);
	dlt_real.quick_exit(status);
	__builtin_unreachable();
}

static void leave_now(int status)
{
	int saved_errno = errno;

	dlt_hooks_resolve();
	/* A vfork child leaves by _exit too, with its parent's memory. */
	if (dlt_process.traced && dlt_process_is_self()) {
		begin_exit(status, DLT_WIRE_EXIT_NOW);
		say_bye(status, DLT_WIRE_EXIT_NOW);
	}
	errno = saved_errno;
}

void _exit(int status)
{
	leave_now(status);
	dlt_real._exit(status);
	__builtin_unreachable();
}

void _Exit(int status)
{
	leave_now(status);
	dlt_real._Exit(status);
	__builtin_unreachable();
}
