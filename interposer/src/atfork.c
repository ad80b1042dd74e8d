/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hook of what registers fork handlers. Programs have pthread_atfork(3) from libc_nonshared.a,
 * which calls __register_atfork with the caller's dso_handle. The C library's own pthread_atfork is
 * for programs that are linked already, and dlsym does not find it: it is left alone.
 */
#include <stddef.h>
#include <stdint.h>

#include "dltrace_wire.h"
#include "hooks.h"
#include "process.h"
#include "registrations.h"
#include "slots.h"

typedef void (*fork_handler)(void);

enum { PREPARE, PARENT, CHILD, HANDLERS };

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
	for (int i = 0; i < HANDLERS; i++)
		thunks[i] = (fork_handler)(uintptr_t)dlt_slot_take(
			DLT_WIRE_FORK_HANDLER, (uint64_t)(uintptr_t)given[i], handle);
	result = dlt_real.__register_atfork(thunks[PREPARE], thunks[PARENT], thunks[CHILD],
					    dso_handle);
	for (int i = 0; i < HANDLERS; i++) {
		if (result)
			dlt_slot_release((uint64_t)(uintptr_t)thunks[i]);
		else if (given[i])
			dlt_register(
				(struct dlt_wire_register){
					.type = DLT_WIRE_REF_FORK_HANDLER,
					.address = (uint64_t)(uintptr_t)given[i],
					.dso_handle = handle,
					.number = i,
				},
				NULL);
	}
	return result;
}
