/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks of what registers functions to run at the end: __cxa_atexit (C++ static destructors and
 * atexit), at_quick_exit, on_exit, __cxa_thread_atexit_impl. Each function is registered as a
 * runner of ours with a handler as its argument. The dso_handle is passed on unchanged:
 * glibc finalizes a library by it (stdlib/cxa_finalize.c).
 */
#include "handlers.h"

#include <stdatomic.h>
#include <stdint.h>

#include "exit.h"
#include "function.h"
#include "hooks.h"
#include "left.h"
#include "memory.h"
#include "objects.h"
#include "process.h"
#include "registrations.h"
#include "slots.h"

/* A registered function. Free ones are chained by `next`. */
struct handler {
	union {
		void (*cxa)(void *argument, int status);
		void (*on_exit)(int status, void *argument);
		void (*plain)(void *argument);
	} function;
	void *argument;
	void *dso_handle;
	struct dlt_registered registered;
	struct handler *previous, *next; /* in the list of dangerous ones */
	uint16_t type;			 /* enum dlt_wire_function_type */
	bool is_dangerous;		 /* glibc calls it although the object it lies in is gone */
};

static struct dlt_memory memory;
static struct handler *free_handlers, *dangerous;

static uint64_t address_of(const struct handler *handler)
{
	return (uint64_t)(uintptr_t)handler->function.plain;
}

static struct handler *take(struct handler value)
{
	struct handler *handler = NULL;

	if (!dlt_process.traced || !dlt_registrations_lock())
		return NULL;
	handler = free_handlers;
	if (handler)
		free_handlers = handler->next;
	else
		handler = dlt_memory_take(&memory, sizeof(*handler));
	if (handler) {
		*handler = value;
		if (value.is_dangerous) {
			handler->next = dangerous;
			if (dangerous)
				dangerous->previous = handler;
			dangerous = handler;
		}
	}
	dlt_registrations_unlock();
	return handler;
}

static void give_back(struct handler *handler)
{
	if (!dlt_registrations_lock())
		return;
	if (handler->is_dangerous) {
		if (handler->next)
			handler->next->previous = handler->previous;
		if (handler->previous)
			handler->previous->next = handler->next;
		else
			dangerous = handler->next;
	}
	handler->next = free_handlers;
	free_handlers = handler;
	dlt_registrations_unlock();
}

/* Writes REGISTER of a handler that the C library has taken. */
static void registered(struct handler *handler, uint16_t reference)
{
	handler->registered = dlt_register(
		(struct dlt_wire_register){
			.type = reference,
			.address = address_of(handler),
			.argument = (uint64_t)(uintptr_t)handler->argument,
			.dso_handle = (uint64_t)(uintptr_t)handler->dso_handle,
		},
		NULL);
}

/*
 * Whether a function lies in another object than its dso_handle, by which glibc finalizes it. A
 * program's own dso_handle may be null (crtstuff.c of gcc). Most are registered one after the other
 * by one object, which is then found at once.
 */
static bool is_foreign(uint64_t function, uint64_t dso_handle)
{
	static const struct dlt_object *_Atomic last;
	const struct dlt_object *object = atomic_load_explicit(&last, memory_order_relaxed);

	if (object && object->map && function >= object->start && function < object->end &&
	    dso_handle >= object->start && dso_handle < object->end)
		return false;
	object = dso_handle ? dlt_objects_by_address(dso_handle) : dlt_objects_program();
	atomic_store_explicit(&last, object, memory_order_relaxed);
	return object != dlt_objects_by_address(function);
}

/* Whether what it lies in can be unloaded: not what the program started with. */
static bool can_go(uint64_t function)
{
	const struct dlt_object *object = dlt_objects_by_address(function);

	return object && !object->at_start;
}

/* Begins the function's event beneath what this thread is in, or beneath the exit. */
static void begin(struct dlt_scope *scope, const struct handler *handler)
{
	const struct dlt_scope *top = dlt_scope_drop_abandoned();
	struct dlt_wire_function function = {
		.function = address_of(handler),
		.argument = (uint64_t)(uintptr_t)handler->argument,
		.dso_handle = (uint64_t)(uintptr_t)handler->dso_handle,
		.type = handler->type,
	};
	const struct dlt_object *object = dlt_objects_by_address(function.function);
	uint16_t phase = DLT_WIRE_PHASE_EXIT_HANDLERS;

	if (object)
		function.generation = object->generation;
	if (handler->type == DLT_WIRE_THREAD_LOCAL)
		phase = DLT_WIRE_PHASE_THREAD_EXIT;
	else if (top && top->kind == DLT_WIRE_FUNCTION)
		phase = top->phase; /* __cxa_finalize, called by the object's own fini function */
	dlt_function_begin(scope, &function, top ? top->seq : dlt_exit_seq(), phase);
}

static void run_cxa(void *argument, int status)
{
	struct handler handler = *(struct handler *)argument;
	struct dlt_scope scope;

	give_back(argument);
	if (!dlt_process.traced) {
		handler.function.cxa(handler.argument, status);
		return;
	}
	begin(&scope, &handler);
	handler.function.cxa(handler.argument, status);
	dlt_function_end(&scope);
}

static void run_on_exit(int status, void *argument)
{
	struct handler handler = *(struct handler *)argument;
	struct dlt_scope scope;

	give_back(argument);
	if (!dlt_process.traced) {
		handler.function.on_exit(status, handler.argument);
		return;
	}
	begin(&scope, &handler);
	handler.function.on_exit(status, handler.argument);
	dlt_function_end(&scope);
}

static void run_plain(void *argument)
{
	run_cxa(argument, 0);
}

/* MARK: what is left */

void dlt_handlers_left(void)
{
	enum { AT_ONCE = 32 };
	static struct dlt_wire_left left[AT_ONCE]; /* one thread at a time (left.h) */
	unsigned count = 0;

	if (!dangerous || !dlt_registrations_lock())
		return;
	for (const struct handler *h = dangerous; h && count < AT_ONCE; h = h->next) {
		const struct dlt_gone *gone = dlt_registered_gone(address_of(h), h->registered);

		if (gone)
			left[count++] = dlt_registered_left(
				h->type == DLT_WIRE_ON_EXIT ? DLT_WIRE_REF_ON_EXIT
							    : DLT_WIRE_REF_EXIT_HANDLER,
				gone->generation, address_of(h), h->registered);
	}
	dlt_registrations_unlock();
	for (unsigned i = 0; i < count; i++)
		dlt_left_emit(left[i], NULL, NULL);
}

/* MARK: hooks */

int __cxa_atexit(void (*function)(void *), void *argument, void *dso_handle)
{
	bool foreign = dlt_process.traced &&
		       is_foreign((uint64_t)(uintptr_t)function, (uint64_t)(uintptr_t)dso_handle);
	struct handler *handler = take((struct handler){
		.function.plain = function,
		.argument = argument,
		.dso_handle = dso_handle,
		.type = DLT_WIRE_CXA_ATEXIT,
		.is_dangerous = foreign && can_go((uint64_t)(uintptr_t)function),
	});
	int result;

	if (!handler)
		return dlt_real.__cxa_atexit(function, argument, dso_handle);
	/* glibc calls it as (argument, status), stdlib/exit.c */
	result = dlt_real.__cxa_atexit((void (*)(void *))(void (*)(void))run_cxa, handler,
				       dso_handle);
	if (result)
		give_back(handler);
	else if (foreign)
		registered(handler, DLT_WIRE_REF_EXIT_HANDLER);
	return result;
}

/* The same for quick_exit; glibc calls it without an argument. */
int __cxa_at_quick_exit(void (*function)(void *), void *dso_handle)
{
	uint64_t thunk;
	int result;

	dlt_hooks_resolve();
	thunk = dlt_slot_take(DLT_WIRE_QUICK_EXIT, (uint64_t)(uintptr_t)function,
			      (uint64_t)(uintptr_t)dso_handle);
	result = dlt_real.__cxa_at_quick_exit((void (*)(void *))(uintptr_t)thunk, dso_handle);
	if (result)
		dlt_slot_release(thunk);
	return result;
}

int on_exit(void (*function)(int, void *), void *argument)
{
	struct handler *handler = take((struct handler){
		.function.on_exit = function,
		.argument = argument,
		.type = DLT_WIRE_ON_EXIT,
		.is_dangerous = true,
	});
	int result;

	if (!handler)
		return dlt_real.on_exit(function, argument);
	result = dlt_real.on_exit(run_on_exit, handler);
	if (result)
		give_back(handler);
	else
		registered(handler, DLT_WIRE_REF_ON_EXIT);
	return result;
}

int __cxa_thread_atexit_impl(void (*function)(void *), void *argument, void *dso_symbol)
{
	struct handler *handler = take((struct handler){
		.function.plain = function,
		.argument = argument,
		.dso_handle = dso_symbol,
		.type = DLT_WIRE_THREAD_LOCAL,
	});
	int result;

	if (!handler)
		return dlt_real.__cxa_thread_atexit_impl(function, argument, dso_symbol);
	result = dlt_real.__cxa_thread_atexit_impl(run_plain, handler, dso_symbol);
	if (result)
		give_back(handler);
	else
		registered(handler, DLT_WIRE_REF_THREAD_LOCAL);
	return result;
}
