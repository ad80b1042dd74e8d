/* SPDX-License-Identifier: Apache-2.0 */
/* How changes of the loader's lists are noticed; see watch.h. */
#include "watch.h"

#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <string.h>

#include "../arch/arch.h"
#include "changes.h"
#include "dltrace_wire.h"
#include "hooks.h"
#include "inside.h"
#include "lifecycle.h"
#include "objects.h"
#include "pages.h"
#include "process.h"
#include "scope.h"
#include "silent.h"
#include "system.h"

static const struct r_debug_extended *debug_head;

/* Whether the loader calls us at each change; if not, hooks poll its counts. */
static bool told;
static unsigned long long last_adds, last_subs;

/* The thread that compares; others do not wait long for it: it looks again for them. */
static _Atomic uint32_t comparing_tid;
static atomic_bool compare_again;

/* Whether the loader has said that it is about to unmap something since the last comparison. */
static atomic_bool may_be_gone;

static int compare_if_counts_changed(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	if (info->dlpi_adds != last_adds || info->dlpi_subs != last_subs) {
		last_adds = info->dlpi_adds;
		last_subs = info->dlpi_subs;
		dlt_changes_compare(debug_head, false);
	}
	return 1; /* the first object tells as much as all */
}

bool dlt_watch_enter(void)
{
	enum { ATTEMPTS = 100000 }; /* the other one never waits for the loader */
	uint32_t me = dlt_thread_id();

	for (int i = 0; i < ATTEMPTS; i++) {
		uint32_t nobody = 0;

		if (atomic_compare_exchange_strong(&comparing_tid, &nobody, me))
			return true;
		if (nobody == me)
			return false; /* a signal's handler in the middle of it: done again
					 afterwards */
		dlt_yield();
	}
	return false;
}

void dlt_watch_leave(void)
{
	atomic_store(&comparing_tid, 0);
}

bool dlt_watch_is_busy(void)
{
	return atomic_load(&comparing_tid) != 0;
}

static void compare_and_write(bool lists_are_locked)
{
	int saved_errno = errno;

	atomic_store(&compare_again, true);
	while (atomic_load(&compare_again) && dlt_watch_enter()) {
		atomic_store(&compare_again, false);
		if (lists_are_locked) /* the loader calls with dl_load_lock held */
			dlt_changes_compare(debug_head, !atomic_exchange(&may_be_gone, false));
		else
			dlt_libc.dl_iterate_phdr(compare_if_counts_changed, NULL);
		dlt_changes_write();
		dlt_watch_leave();
	}
	errno = saved_errno;
}

/* What the loader is in the middle of, in whichever namespace, <link.h>. */
static int loader_state(void)
{
	for (const struct r_debug_extended *debug = debug_head; debug;
	     debug = debug->base.r_version >= 2 ? debug->r_next : NULL)
		if (debug->base.r_state != RT_CONSISTENT)
			return debug->base.r_state;
	return RT_CONSISTENT;
}

bool dlt_watch_is_unloading(void)
{
	return loader_state() == RT_DELETE;
}

/*
 * What the loader calls in place of its empty _dl_debug_state: after a change of its lists, before
 * it maps the first object (RT_ADD), and before it unmaps what it has finalized (RT_DELETE,
 * elf/dl-close.c).
 */
static void on_loader_change(void)
{
	int saved_errno = errno;
	int state = loader_state();
	const struct dlt_scope *top;

	if (!dlt_process.traced || state == RT_ADD)
		return;
	top = dlt_scope_drop_abandoned();
	/* A dlopen that fails unmaps what nobody was told of. */
	if (state == RT_CONSISTENT || !top || top->kind != DLT_WIRE_DLCLOSE)
		compare_and_write(true);
	if (state == RT_DELETE) {
		atomic_store(&may_be_gone, true);
		if (dlt_watch_enter()) {
			dlt_inside_sample(top ? top->library : 0);
			dlt_watch_leave();
		}
	}
	errno = saved_errno;
}

/*
 * Asks the loader to tell: it calls an empty function for debuggers to set a breakpoint on, r_brk
 * of struct r_debug
 * (<link.h>, elf/dl-debug.c), which becomes a jump to ours. In a thread's own dlopen and dlclose
 * that is right after objects were mapped, before they are relocated and initialized, and right
 * after they were unmapped; nothing of the loader's escapes it.
 */
static bool watch(void)
{
	uint8_t *function = (uint8_t *)debug_head->base.r_brk;
	uint64_t start = dlt_page_of((uint64_t)(uintptr_t)function);
	uint64_t end = dlt_page_of((uint64_t)(uintptr_t)(function + DLT_JUMP_BYTES) +
				   dlt_process.page_bytes - 1);

	if (!function || !dlt_arch_is_empty_function(function))
		return false; /* another C library, or a debugger's breakpoint */
	if (dlt_mprotect(start, end - start, PROT_READ | PROT_WRITE))
		return false;
	dlt_arch_make_jump(function, (const void *)on_loader_change);
	return !dlt_mprotect(start, end - start, PROT_READ | PROT_EXEC);
}

void dlt_watch_start(void)
{
	debug_head = dlt_libc.debug; /* r_version says how much of it is there, <link.h> */
	if (!dlt_objects_start() || !debug_head) {
		debug_head = NULL;
		return;
	}
	dlt_silent_start();
	dlt_pages_begin_many();
	compare_and_write(false);
	dlt_pages_end_many();
	told = watch();
	dlt_objects.at_start = false;
	dlt_silent_start_inits();
	if (!told)
		dlt_debug("the loader is polled for changes", "");
}

bool dlt_watch_is_told(void)
{
	return told;
}

void dlt_watch_poll(void)
{
	if (!told && debug_head)
		compare_and_write(false);
}
