/* SPDX-License-Identifier: Apache-2.0 */
/* Threads inside an object that goes; see inside.h. */
#include "inside.h"

#include <stdbool.h>
#include <stddef.h>

#include "blocked.h"
#include "dltrace_wire.h"
#include "left.h"
#include "memory.h"
#include "objects.h"
#include "order.h"
#include "process.h"
#include "scope.h"
#include "system.h"
#include "threads.h"
#include "watch.h"

struct sample {
	struct dlt_stack stack;
	uint32_t tid;
};

static struct dlt_memory samples;
static struct dlt_stack scratch; /* of the thread that has the table of objects */

/* MARK: what it may cost */

enum {
	FREE_NS = 10000000, /* for what is unloaded the first few times */
	FEW_TIMES = 4,
	SHARE = 400,	    /* of the time, for all */
	EXIT_NS = 20000000, /* at exit, in any case */
};

static uint64_t first_ns, spent_ns;

/* Whether a library is unloaded one of the first few times; some share a counter. */
static bool is_early(uint64_t library)
{
	static uint8_t times[256];
	uint8_t *counter = &times[library % sizeof(times)];

	if (*counter == FEW_TIMES)
		return false;
	++*counter;
	return true;
}

/* When sampling that begins now must be through. */
static uint64_t deadline(uint64_t now, uint64_t library)
{
	uint64_t earned;

	if (!first_ns)
		first_ns = now;
	earned = (now - first_ns) / SHARE;
	if (is_early(library))
		earned += FREE_NS;
	return earned > spent_ns ? now + earned - spent_ns : now;
}

/* MARK: who is there */

/* The next thread other than this one whose routine has not ended; the main thread comes last. */
static bool next_thread(uint32_t *index, struct dlt_thread *thread)
{
	enum { AT_END = UINT32_MAX };
	uint32_t me = dlt_thread_id();

	if (*index == AT_END)
		return false;
	while (dlt_threads_next(index, thread))
		if (thread->tid != me && !thread->is_done)
			return true;
	*index = AT_END;
	*thread = (struct dlt_thread){ .tid = dlt_process.pid };
	return thread->tid != me && !dlt_threads_has_main();
}

/* What was there at start is never unloaded. */
static bool can_go(uint64_t address)
{
	const struct dlt_object *object = dlt_objects_by_address(address);

	return object && !object->at_start;
}

/* A return address may be the first behind its object's end. */
static uint64_t code_address(const struct dlt_stack *stack, unsigned index)
{
	return stack->frames[index] - !(index == 0 && stack->flags & DLT_WIRE_STACK_EXACT);
}

/* MARK: sampling */

/* A thread that was just created into the library tells its id within a moment. */
static void await_starts(void)
{
	enum { ATTEMPTS = 1000 };

	for (int i = 0; i < ATTEMPTS; i++) {
		struct dlt_thread thread;
		uint32_t index = 0;
		bool any = false;

		while (next_thread(&index, &thread))
			any |= !thread.tid && can_go(thread.function);
		if (!any)
			return;
		dlt_yield();
	}
}

static void keep(const struct dlt_thread *thread, const struct dlt_stack *stack)
{
	bool wanted = can_go(thread->function);
	struct sample *sample;

	for (unsigned i = 0; i < stack->count && !wanted; i++)
		wanted = can_go(code_address(stack, i));
	sample = wanted ? dlt_memory_take(&samples, sizeof(*sample)) : NULL;
	if (sample)
		*sample = (struct sample){ .stack = *stack, .tid = thread->tid };
}

void dlt_inside_sample(uint64_t library)
{
	uint64_t begin, end, now;
	struct dlt_thread thread;
	uint32_t index = 0;
	int memory;

	dlt_memory_clear(&samples);
	if (!dlt_threads_has_others())
		return;
	begin = now = dlt_now_ns();
	end = deadline(begin, library);
	if (now >= end)
		return;
	memory = dlt_blocked_begin();
	if (memory < 0)
		return;
	await_starts();
	while (now < end && next_thread(&index, &thread)) {
		if (thread.tid && dlt_blocked_stack(memory, thread.tid, &scratch))
			keep(&thread, &scratch);
		now = dlt_now_ns();
	}
	dlt_blocked_end(memory);
	spent_ns += now - begin;
}

static const struct dlt_stack *sampled(uint32_t tid)
{
	const struct sample *end = (const struct sample *)samples.next;

	for (const struct sample *s = (const struct sample *)samples.start; s < end; s++)
		if (s->tid == tid)
			return &s->stack;
	return NULL;
}

/* MARK: writing */

static void emit(uint16_t type, const struct dlt_thread *thread, uint64_t address,
		 uint32_t generation, const struct dlt_stack *stack)
{
	struct dlt_wire_left left = {
		.address = address,
		.number = thread->tid,
		.registered_seq = thread->seq,
		.registered_stream = thread->stream,
		.generation = generation,
		.type = type,
	};

	dlt_left_emit(left, stack, NULL);
}

/*
 * One LEFT for each object that goes (goes() gives its generation, else 0) and has the thread
 * inside. `stack` is NULL where the thread was not blocked: then its start routine has to do.
 */
static void write_inside(const struct dlt_thread *thread, const struct dlt_stack *stack,
			 uint32_t (*goes)(uint64_t address))
{
	enum { OBJECTS = 16 };
	uint32_t told[OBJECTS], count = 0;
	uint32_t own = goes(thread->function);
	bool whole = stack && !(stack->flags & (DLT_WIRE_STACK_BROKEN | DLT_WIRE_STACK_TRUNCATED));

	if (own != thread->generation)
		own = 0; /* another library lies there by now */
	if (own && !whole && (stack || dlt_blocked_is_alive(thread->tid))) {
		emit(DLT_WIRE_REF_THREAD, thread, thread->function, own, stack);
		told[count++] = own;
	}
	for (unsigned i = 0; stack && i < stack->count && count < OBJECTS; i++) {
		uint32_t generation = goes(code_address(stack, i)), k = 0;

		while (k < count && told[k] != generation)
			k++;
		if (!generation || k < count)
			continue;
		if (generation == own)
			emit(DLT_WIRE_REF_THREAD, thread, thread->function, own, stack);
		else
			emit(DLT_WIRE_REF_THREAD_STACK, thread, stack->frames[i], generation,
			     stack);
		told[count++] = generation;
	}
}

static uint32_t is_gone(uint64_t address)
{
	const struct dlt_gone *gone = dlt_left_gone(address);

	return gone ? gone->generation : 0;
}

void dlt_inside_left(void)
{
	struct dlt_thread thread;
	uint32_t index = 0;

	if (!dlt_threads_has_others())
		return;
	while (next_thread(&index, &thread))
		if (thread.tid)
			write_inside(&thread, sampled(thread.tid), is_gone);
	dlt_memory_clear(&samples);
}

/* MARK: at exit */

/* Mapped from a file, with something to finalize; the C library's own threads are its business. */
static uint32_t is_finalized(uint64_t address)
{
	const struct dlt_object *object = dlt_objects_by_address(address);

	if (!object || object->origin != DLT_WIRE_ORIGIN_FILE ||
	    !(object->functions.fini || object->functions.fini_count) ||
	    object->needed_as == dlt_order_name("libc.so.6", ""))
		return 0;
	return object->generation;
}

static void look_at_all(uint64_t end)
{
	int memory = dlt_blocked_begin();
	struct dlt_thread thread;
	uint32_t index = 0;

	while (dlt_now_ns() < end && next_thread(&index, &thread)) {
		bool known = memory >= 0 && thread.tid &&
			     dlt_blocked_stack(memory, thread.tid, &scratch);

		if (thread.tid)
			write_inside(&thread, known ? &scratch : NULL, is_finalized);
	}
	if (memory >= 0)
		dlt_blocked_end(memory);
}

void dlt_inside_exit(uint64_t seq)
{
	struct dlt_scope scope = { .kind = DLT_WIRE_EXIT, .seq = seq };

	/* Another thread's dlclose waits for the table before it unmaps what is looked at here. */
	if (!dlt_threads_has_others() || !dlt_watch_is_told() || !dlt_watch_enter())
		return;
	if (!dlt_watch_is_unloading()) {
		dlt_scope_enter(&scope);
		look_at_all(dlt_now_ns() + EXIT_NS);
		dlt_scope_leave(&scope);
	}
	dlt_watch_leave();
}
