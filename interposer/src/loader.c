/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks of the loader's interface: dlopen, dlmopen, dlclose, and dlerror, whose pending text must
 * be there for the program although we have read it. Each hook: guard, capture, real call, emit,
 * unguard, return.
 */
#include <errno.h>
#include <string.h>

#include "../arch/arch.h"
#include "dltrace_wire.h"
#include "hooks.h"
#include "objects.h"
#include "process.h"
#include "record.h"
#include "scope.h"
#include "silent.h"
#include "unwind.h"
#include "watch.h"

/*
 * The text of a failure that the program has not asked for. Reading it for the record made glibc
 * take it for delivered (dlfcn/dlerror.c), so dlerror's hook delivers it. It is glibc's own string,
 * valid until the thread's next call of the loader's interface, and every one of those comes by
 * here first.
 */
static __thread char *undelivered;

char *dlerror(void)
{
	char *text = undelivered;

	undelivered = NULL;
	if (text)
		return text;
	dlt_hooks_resolve();
	return dlt_real.dlerror();
}

/* MARK: functions that look at their caller: arch/ jumps to what these return */

void *dlt_enter_dlsym(void);
void *dlt_enter_dlvsym(void);
void *dlt_enter_dlinfo(void);
void *dlt_enter_dlopen(void);
void *dlt_enter_dlmopen(void);
void *dlt_traced_dlopen(const char *name, int flags);
void *dlt_traced_dlmopen(Lmid_t lmid, const char *name, int flags);

void *dlt_enter_dlsym(void)
{
	dlt_hooks_resolve();
	undelivered = NULL;
	return (void *)dlt_real.dlsym;
}

void *dlt_enter_dlvsym(void)
{
	dlt_hooks_resolve();
	undelivered = NULL;
	return (void *)dlt_real.dlvsym;
}

void *dlt_enter_dlinfo(void)
{
	dlt_hooks_resolve();
	undelivered = NULL;
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

/* MARK: the caller's identity */

/* The object that glibc would take for the caller of dlopen. */
static struct dlt_object *calling_object(const void *return_address)
{
	const struct dlt_scope *top = dlt_scope_top;

	if (!dlt_unwind_is_own((uint64_t)(uintptr_t)return_address))
		return dlt_objects_by_address((uint64_t)(uintptr_t)return_address);
	/*
	 * A destructor's tail call returns to our thunk's caller; without us that is in ld.so for
	 * the loader's fini functions, in the C library for exit handlers.
	 */
	if (top && (top->type == DLT_WIRE_FINI_ARRAY || top->type == DLT_WIRE_DT_FINI))
		return dlt_objects_loader();
	return dlt_objects_by_address((uint64_t)(uintptr_t)dlt_real.dlclose);
}

/*
 * A return instruction in the caller's text, 0 where there is none or a shadow stack would object.
 */
static uint64_t borrow_return(const void *return_address)
{
	enum { NONE = 1 };
	struct dlt_object *object = calling_object(return_address);
	uint64_t start, end;

	if (dlt_arch_shadow_stack())
		return 0;
	if (!object)
		object = dlt_objects_program(); /* glibc's own choice for code of no object */
	if (!object)
		return 0;
	if (!object->gadget) { /* several threads may look at once: they find the same */
		uint64_t found = dlt_objects_text(object, &start, &end)
					 ? dlt_unwind_find_ret(start, end)
					 : 0;

		object->gadget = found ? found : NONE;
	}
	return object->gadget == NONE ? 0 : object->gadget;
}

/* MARK: dlopen, dlmopen */

static void *traced_open(uint16_t kind, Lmid_t lmid, const char *name, int flags,
			 const void *return_address)
{
	struct dlt_scope scope = { .kind = kind, .phase = DLT_WIRE_PHASE_CONSTRUCTOR };
	struct dlt_object *object;
	int saved_errno = errno;
	char *text = NULL;
	void *handle;

	undelivered = NULL;
	dlt_scope_drop_abandoned();
	dlt_watch_poll();
	scope.seq = dlt_emit_open(kind, lmid, name, flags);
	scope.gadget = borrow_return(return_address);
	dlt_scope_enter(&scope);
	errno = saved_errno;

	if (kind == DLT_WIRE_DLOPEN) {
		/*
		 * The C library finds the caller by the return address: it must be one in the
		 * caller.
		 */
		if (scope.gadget)
			handle = dlt_call_as((void *)dlt_real.dlopen,
					     (void *)(uintptr_t)scope.gadget, (long)(uintptr_t)name,
					     flags, 0);
		else
			handle = dlt_real.dlopen(name, flags);
	} else {
		if (scope.gadget)
			handle = dlt_call_as((void *)dlt_real.dlmopen,
					     (void *)(uintptr_t)scope.gadget, lmid,
					     (long)(uintptr_t)name, flags);
		else
			handle = dlt_real.dlmopen(lmid, name, flags);
	}

	saved_errno = errno;
	dlt_watch_poll();
	object = dlt_objects_by_handle(handle);
	if (handle)
		dlt_silent_inits(NULL);
	else
		text = dlt_real.dlerror();
	dlt_scope_leave(&scope);
	dlt_emit_end(scope.seq, (uint64_t)(uintptr_t)handle, object ? object->generation : 0, text);
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

int dlclose(void *handle)
{
	struct dlt_scope scope = { .kind = DLT_WIRE_DLCLOSE, .phase = DLT_WIRE_PHASE_DLCLOSE };
	struct dlt_object *object;
	int saved_errno = errno, result;
	char *text = NULL;

	dlt_hooks_resolve();
	if (!dlt_process.traced)
		return dlt_real.dlclose(handle);
	undelivered = NULL;
	dlt_scope_drop_abandoned();
	dlt_watch_poll();
	object = dlt_objects_by_handle(handle);
	scope.seq = dlt_emit_close(handle, object ? object->generation : 0);
	dlt_scope_enter(&scope);
	errno = saved_errno;

	result = dlt_real.dlclose(handle); /* does not look at its caller */

	saved_errno = errno;
	dlt_watch_poll();
	if (result)
		text = dlt_real.dlerror();
	dlt_scope_leave(&scope);
	dlt_emit_end(scope.seq, (uint64_t)(int64_t)result, 0, text);
	undelivered = text;
	errno = saved_errno;
	return result;
}
