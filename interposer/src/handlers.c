/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks of what registers functions to run at the end: __cxa_atexit (C++ static destructors and
 * atexit), on_exit, __cxa_thread_atexit_impl. Each function is registered as a
 * runner of ours with a handler as its argument. The dso_handle is passed on unchanged:
 * glibc finalizes a library by it (stdlib/cxa_finalize.c).
 */
#include <stdatomic.h>
#include <stdint.h>

#include "exit.h"
#include "function.h"
#include "hooks.h"
#include "memory.h"
#include "objects.h"
#include "process.h"

/* A registered function. Free ones are chained by `argument`. */
struct handler {
	union {
		void (*cxa)(void *argument, int status);
		void (*on_exit)(int status, void *argument);
		void (*plain)(void *argument);
	} function;
	void *argument;
	void *dso_handle;
	uint16_t type; /* enum dlt_wire_function_type */
};

static struct dlt_memory memory;
static struct handler *free_handlers;
static atomic_flag busy = ATOMIC_FLAG_INIT;

/*
 * The lists are changed in a few instructions; NULL rather than a wait for a signal's interrupted
 * thread.
 */
static bool lock(void)
{
	for (int i = 0; i < 100000; i++)
		if (!atomic_flag_test_and_set_explicit(&busy, memory_order_acquire))
			return true;
	return false;
}

static void unlock(void)
{
	atomic_flag_clear_explicit(&busy, memory_order_release);
}

static struct handler *take(struct handler value)
{
	struct handler *handler = NULL;

	if (!dlt_process.traced || !lock())
		return NULL;
	handler = free_handlers;
	if (handler)
		free_handlers = handler->argument;
	else
		handler = dlt_memory_take(&memory, sizeof(*handler));
	unlock();
	if (handler)
		*handler = value;
	return handler;
}

static void give_back(struct handler *handler)
{
	if (!lock())
		return;
	handler->argument = free_handlers;
	free_handlers = handler;
	unlock();
}

/* Begins the function's event beneath what this thread is in, or beneath the exit. */
static void begin(struct dlt_scope *scope, const struct handler *handler)
{
	const struct dlt_scope *top = dlt_scope_drop_abandoned();
	struct dlt_wire_function function = {
		.function = (uint64_t)(uintptr_t)handler->function.cxa,
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

/* MARK: hooks */

int __cxa_atexit(void (*function)(void *), void *argument, void *dso_handle)
{
	struct handler *handler = take((struct handler){
		.function.plain = function,
		.argument = argument,
		.dso_handle = dso_handle,
		.type = DLT_WIRE_CXA_ATEXIT,
	});
	int result;

	if (!handler)
		return dlt_real.__cxa_atexit(function, argument, dso_handle);
	/* glibc calls it as (argument, status), stdlib/exit.c */
	result = dlt_real.__cxa_atexit((void (*)(void *))(void (*)(void))run_cxa, handler,
				       dso_handle);
	if (result)
		give_back(handler);
	return result;
}

int on_exit(void (*function)(int, void *), void *argument)
{
	struct handler *handler = take((struct handler){
		.function.on_exit = function,
		.argument = argument,
		.type = DLT_WIRE_ON_EXIT,
	});
	int result;

	if (!handler)
		return dlt_real.on_exit(function, argument);
	result = dlt_real.on_exit(run_on_exit, handler);
	if (result)
		give_back(handler);
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
	return result;
}
