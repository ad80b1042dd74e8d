/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks of what registers fork handlers. Programs have pthread_atfork(3) from libc_nonshared.a,
 * which calls __register_atfork with the caller's dso_handle; those linked before glibc 2.3 find
 * pthread_atfork in the C library.
 */
#include <pthread.h>
#include <stdint.h>

#include "dltrace_wire.h"
#include "hooks.h"
#include "process.h"
#include "registrations.h"
#include "slots.h"

typedef void (*fork_handler)(void);

enum { PREPARE, PARENT, CHILD, HANDLERS };

static void take(const fork_handler given[HANDLERS], uint64_t dso_handle,
		 fork_handler thunks[HANDLERS])
{
	for (int i = 0; i < HANDLERS; i++)
		thunks[i] = (fork_handler)(uintptr_t)dlt_slot_take(
			DLT_WIRE_FORK_HANDLER, (uint64_t)(uintptr_t)given[i], dso_handle);
}

static void registered(const fork_handler given[HANDLERS], uint64_t dso_handle)
{
	for (int i = 0; i < HANDLERS; i++)
		if (given[i])
			dlt_register(
				(struct dlt_wire_register){ .type = DLT_WIRE_REF_FORK_HANDLER,
							    .address =
								    (uint64_t)(uintptr_t)given[i],
							    .dso_handle = dso_handle,
							    .number = i },
				NULL);
}

static void failed(const fork_handler thunks[HANDLERS])
{
	for (int i = 0; i < HANDLERS; i++)
		dlt_slot_release((uint64_t)(uintptr_t)thunks[i]);
}

/* MARK: hooks */

int __register_atfork(fork_handler prepare, fork_handler parent, fork_handler child,
		      void *dso_handle)
{
	const fork_handler given[HANDLERS] = { prepare, parent, child };
	uint64_t handle = (uint64_t)(uintptr_t)dso_handle;
	fork_handler thunks[HANDLERS];
	int result;

	dlt_hooks_resolve();
	if (!dlt_process.traced)
		return dlt_real.__register_atfork(prepare, parent, child, dso_handle);
	take(given, handle, thunks);
	result = dlt_real.__register_atfork(thunks[PREPARE], thunks[PARENT], thunks[CHILD],
					    dso_handle);
	if (result)
		failed(thunks);
	else
		registered(given, handle);
	return result;
}

/* The C library registers them with its own dso_handle: they are dropped at no dlclose. */
int pthread_atfork(fork_handler prepare, fork_handler parent, fork_handler child)
{
	const fork_handler given[HANDLERS] = { prepare, parent, child };
	fork_handler thunks[HANDLERS];
	int result;

	dlt_hooks_resolve();
	if (!dlt_process.traced)
		return dlt_real.pthread_atfork(prepare, parent, child);
	take(given, 0, thunks);
	result = dlt_real.pthread_atfork(thunks[PREPARE], thunks[PARENT], thunks[CHILD]);
	if (result)
		failed(thunks);
	else
		registered(given, 0);
	return result;
}
