/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks of the loader's interface: dlopen, dlmopen, dlclose, and dlerror, whose pending text must
 * be there for the program although we have read it. Each hook: guard, capture, real call, emit,
 * unguard, return.
 */
#include <errno.h>
#include <string.h>

#include "../arch/arch.h"
#include "caller.h"
#include "dltrace_wire.h"
#include "hooks.h"
#include "namespaces.h"
#include "objects.h"
#include "pin.h"
#include "process.h"
#include "record.h"
#include "scope.h"
#include "silent.h"
#include "stale.h"
#include "stayed.h"
#include "watch.h"

/*
 * The text of a failure that the program has not asked for. Reading it for the record made glibc
 * take it for delivered (dlfcn/dlerror.c), so dlerror's hook delivers it. It is glibc's own string,
 * valid until the thread's next call of the loader's interface, and every one of those comes by
 * here first.
 */
static __thread char *undelivered;
static __thread int undelivered_errno; /* what glibc's dlerror made of errno; 0: nothing */

char *dlerror(void)
{
	char *text = undelivered;

	undelivered = NULL;
	if (text && undelivered_errno)
		errno = undelivered_errno;
	if (text)
		return text;
	dlt_hooks_resolve();
	return dlt_real.dlerror();
}

/* MARK: functions that look at their caller: arch/ jumps to what these return */

void *dlt_enter_dlsym(void *handle, const char *name);
void *dlt_enter_dlvsym(void *handle, const char *name);
void *dlt_enter_dlinfo(void *handle);
void *dlt_enter_dlopen(void);
void *dlt_enter_dlmopen(void);
void *dlt_traced_dlopen(const char *name, int flags);
void *dlt_traced_dlmopen(Lmid_t lmid, const char *name, int flags);
void *dlt_traced_dlsym(void *handle, const char *name);
void *dlt_traced_dlvsym(void *handle, const char *name, const char *version);

void *dlt_enter_dlsym(void *handle, const char *name)
{
	dlt_hooks_resolve();
	undelivered = NULL;
	dlt_stale_use(handle, DLT_WIRE_STALE_DLSYM, name);
	return dlt_process.traced && dlt_hooks_has(name) ? (void *)dlt_traced_dlsym
							 : (void *)dlt_real.dlsym;
}

void *dlt_enter_dlvsym(void *handle, const char *name)
{
	dlt_hooks_resolve();
	undelivered = NULL;
	dlt_stale_use(handle, DLT_WIRE_STALE_DLVSYM, name);
	return dlt_process.traced && dlt_hooks_has(name) ? (void *)dlt_traced_dlvsym
							 : (void *)dlt_real.dlvsym;
}

void *dlt_enter_dlinfo(void *handle)
{
	dlt_hooks_resolve();
	undelivered = NULL;
	dlt_stale_use(handle, DLT_WIRE_STALE_DLINFO, NULL);
	return (void *)dlt_real.dlinfo;
}

void *dlt_enter_dlopen(void)
{
	dlt_hooks_resolve();
	return dlt_process.traced ? (void *)dlt_traced_dlopen : (void *)dlt_real.dlopen;
}

void *dlt_enter_dlmopen(void)
{
	dlt_hooks_resolve();
	return dlt_process.traced ? (void *)dlt_traced_dlmopen : (void *)dlt_real.dlmopen;
}

/*
 * Who asks a library for the very function that we stand before, as by dlsym(handle of libc,
 * "dlclose"), gets the hook: the same address as every other way to it gives.
 */
void *dlt_traced_dlsym(void *handle, const char *name)
{
	uint64_t gadget = dlt_caller_gadget(dlt_caller(__builtin_return_address(0)));
	void *found;

	if (gadget)
		found = dlt_call_as((void *)dlt_real.dlsym, (void *)(uintptr_t)gadget,
				    (long)(uintptr_t)handle, (long)(uintptr_t)name, 0);
	else
		found = dlt_real.dlsym(handle, name);
	return dlt_hooks_in_place_of(found);
}

void *dlt_traced_dlvsym(void *handle, const char *name, const char *version)
{
	uint64_t gadget = dlt_caller_gadget(dlt_caller(__builtin_return_address(0)));
	void *found;

	if (gadget)
		found = dlt_call_as((void *)dlt_real.dlvsym, (void *)(uintptr_t)gadget,
				    (long)(uintptr_t)handle, (long)(uintptr_t)name,
				    (long)(uintptr_t)version);
	else
		found = dlt_real.dlvsym(handle, name, version);
	return dlt_hooks_in_place_of(found);
}

/* MARK: dlopen, dlmopen */

/*
 * The text of a failure. A namespace's own C library keeps its own, for its own dlerror, which is
 * not hooked.
 */
static char *failure_text(const struct dlt_loader_calls *real)
{
	char *text;

	if (real->dlclose != dlt_real.dlclose)
		return NULL;
	errno = 0;
	text = dlt_real.dlerror();
	undelivered_errno = errno;
	return text;
}

static void *traced_open(uint16_t kind, Lmid_t lmid, const char *name, int flags,
			 const void *return_address)
{
	struct dlt_scope scope = {
		.kind = kind,
		.phase = DLT_WIRE_PHASE_CONSTRUCTOR,
		.flags = flags,
	};
	struct dlt_object *caller, *object;
	const struct dlt_loader_calls *real;
	int saved_errno = errno;
	char *text = NULL;
	void *handle;

	undelivered = NULL;
	dlt_scope_drop_abandoned();
	dlt_watch_poll();
	scope.seq = dlt_emit_open(kind, lmid, name, flags);
	caller = dlt_caller(return_address);
	real = dlt_namespace_calls(caller);
	scope.gadget = dlt_caller_gadget(caller);
	dlt_scope_enter(&scope);
	errno = saved_errno;

	if (!scope.gadget)
		handle = kind == DLT_WIRE_DLOPEN ? real->dlopen(name, flags)
						 : real->dlmopen(lmid, name, flags);
	else if (kind == DLT_WIRE_DLOPEN)
		handle = dlt_call_as((void *)real->dlopen, (void *)(uintptr_t)scope.gadget,
				     (long)(uintptr_t)name, flags, 0);
	else
		handle = dlt_call_as((void *)real->dlmopen, (void *)(uintptr_t)scope.gadget, lmid,
				     (long)(uintptr_t)name, flags);

	saved_errno = errno;
	dlt_watch_poll();
	object = dlt_objects_by_handle(handle);
	if (object)
		dlt_stale_opened(object);
	if (object && flags & RTLD_NODELETE)
		object->is_nodelete = true;
	if (handle) {
		dlt_pin_loaded();
		dlt_silent_inits(NULL);
	} else {
		text = failure_text(real);
	}
	dlt_scope_leave(&scope);
	dlt_emit_end(scope.seq, (uint64_t)(uintptr_t)handle, object ? object->generation : 0, text);
	if (text)
		undelivered = text;
	errno = saved_errno;
	return handle;
}

void *dlt_traced_dlopen(const char *name, int flags)
{
	return traced_open(DLT_WIRE_DLOPEN, LM_ID_BASE, name, flags, __builtin_return_address(0));
}

void *dlt_traced_dlmopen(Lmid_t lmid, const char *name, int flags)
{
	return traced_open(DLT_WIRE_DLMOPEN, lmid, name, flags, __builtin_return_address(0));
}

/* MARK: dlclose */

/*
 * Beneath another dlclose's destructors the object's turn comes later; in exit's own pass glibc
 * unloads nothing.
 */
static bool is_deferred(const struct dlt_scope *scope)
{
	return dlt_scope_is_beneath(scope, DLT_WIRE_PHASE_DLCLOSE) ||
	       dlt_scope_is_beneath(scope, DLT_WIRE_PHASE_EXIT_FINI);
}

/* After a dlclose that its object has survived. */
static void closed(struct dlt_object *object, const struct dlt_scope *scope)
{
	if (dlt_stale_closed(object) && !is_deferred(scope))
		dlt_stayed(object);
}

int dlclose(void *handle)
{
	struct dlt_scope scope = { .kind = DLT_WIRE_DLCLOSE, .phase = DLT_WIRE_PHASE_DLCLOSE };
	const struct dlt_loader_calls *real;
	struct dlt_object *object;
	uint32_t generation;
	int saved_errno = errno, result;
	char *text = NULL;

	dlt_hooks_resolve();
	if (!dlt_process.traced)
		return dlt_real.dlclose(handle);
	undelivered = NULL;
	dlt_scope_drop_abandoned();
	dlt_watch_poll();
	dlt_pin_loaded();
	object = dlt_objects_by_handle(handle);
	generation = object ? object->generation : 0;
	scope.library = object ? object->needed_as : 0;
	scope.seq = dlt_emit_close(handle, generation);
	real = dlt_namespace_calls(dlt_objects.elsewhere ? dlt_caller(__builtin_return_address(0))
							 : NULL);
	dlt_scope_enter(&scope);
	errno = saved_errno;

	result = real->dlclose(handle); /* does not look at its caller */

	saved_errno = errno;
	dlt_watch_poll();
	if (result)
		text = failure_text(real);
	else if (object && object->map == handle && object->generation == generation)
		closed(object, &scope);
	dlt_scope_leave(&scope);
	dlt_emit_end(scope.seq, (uint64_t)(int64_t)result, 0, text);
	if (text)
		undelivered = text;
	errno = saved_errno;
	return result;
}
