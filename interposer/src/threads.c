/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks of pthread_create and thrd_create, and the table of threads; see threads.h. */
#include "threads.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>

#include "../arch/arch.h"
#include "dltrace_wire.h"
#include "hooks.h"
#include "objects.h"
#include "process.h"
#include "record.h"
#include "scope.h"
#include "system.h"

enum { THREADS_MAX = 16384 };

/*
 * An entry of the table. Its owner is the creating thread, then the new one; others copy it and
 * look whether `life` is still the same.
 */
struct entry {
	_Atomic uint32_t life; /* odd: taken; it counts up with each taking and giving back */
	_Atomic uint32_t tid;  /* once the thread runs, then the rest is filled */
	atomic_bool is_done;
	uint32_t rounds; /* of destructors, so far */
	uint32_t generation;
	void *(*function)(void *);
	void *argument;
	uint64_t seq, stream, start_seq;
};

static struct entry entries[THREADS_MAX];
static _Atomic uint32_t used;  /* entries that ever were taken: the first ones */
static _Atomic uint32_t taken; /* entries that are */
static _Atomic uint32_t hint;  /* where a free one may be */

static __thread struct entry *self;
static atomic_bool has_main;

enum { NO_KEY = -1 };
static _Atomic int64_t key = NO_KEY; /* its destructor tells of a thread's end */

/* MARK: the table */

static bool take_at(uint32_t index)
{
	uint32_t life = atomic_load(&entries[index].life), end = atomic_load(&used);

	if (life & 1 || !atomic_compare_exchange_strong(&entries[index].life, &life, life + 1))
		return false;
	while (end <= index && !atomic_compare_exchange_strong(&used, &end, index + 1))
		;
	atomic_fetch_add(&taken, 1);
	atomic_store(&hint, index + 1);
	return true;
}

static void give_back(struct entry *entry)
{
	uint32_t index = (uint32_t)(entry - entries);

	atomic_store(&entry->tid, 0);
	atomic_fetch_add(&entry->life, 1);
	atomic_fetch_sub(&taken, 1);
	if (index < atomic_load(&hint))
		atomic_store(&hint, index);
}

/* For an entry whose thread is at its end, or gone: one of those who notice gives it back. */
static void drop(struct entry *entry, uint32_t tid)
{
	if (atomic_compare_exchange_strong(&entry->tid, &tid, 0))
		give_back(entry);
}

static struct entry *take_free(void)
{
	uint32_t first = atomic_load(&hint);

	for (uint32_t i = first; i < THREADS_MAX; i++)
		if (take_at(i))
			return &entries[i];
	for (uint32_t i = 0; i < first && i < THREADS_MAX; i++)
		if (take_at(i))
			return &entries[i];
	return NULL;
}

static struct entry *take(void)
{
	struct entry *entry = take_free();

	if (entry || atomic_load(&key) != NO_KEY)
		return entry;
	/* Without the key no thread tells of its end. */
	for (uint32_t i = 0; i < THREADS_MAX; i++) {
		uint32_t tid = atomic_load(&entries[i].tid);

		if (tid && !dlt_has_thread(dlt_process.pid, tid))
			drop(&entries[i], tid);
	}
	return take_free();
}

/* Entries of threads that ended without a word: without the key, or by the bare system call. */
static void drop_namesakes(uint32_t tid)
{
	uint32_t end = atomic_load(&used);

	for (uint32_t i = 0; i < end; i++)
		drop(&entries[i], tid);
}

bool dlt_threads_has_others(void)
{
	return atomic_load(&taken) > (self != NULL) || dlt_thread_id() != dlt_process.pid;
}

bool dlt_threads_has_main(void)
{
	return atomic_load(&has_main);
}

bool dlt_threads_next(uint32_t *index, struct dlt_thread *thread)
{
	uint32_t end = atomic_load(&used);

	while (*index < end) {
		struct entry *entry = &entries[(*index)++];
		uint32_t life = atomic_load(&entry->life);

		*thread = (struct dlt_thread){
			.tid = atomic_load(&entry->tid),
			.is_done = atomic_load(&entry->is_done),
			.function = (uint64_t)(uintptr_t)entry->function,
			.generation = entry->generation,
			.seq = entry->seq,
			.stream = entry->stream,
		};
		atomic_thread_fence(memory_order_acquire);
		if (life & 1 && atomic_load(&entry->life) == life)
			return true;
	}
	return false;
}

/* MARK: a thread's life */

/* What dlt_thread_entry jumps to; in two registers. */
struct start {
	void *(*function)(void *);
	void *argument;
};

struct start dlt_thread_begin(struct entry *entry);

/* In the new thread, before its start routine. */
struct start dlt_thread_begin(struct entry *entry)
{
	struct start start = { entry->function, entry->argument };
	struct dlt_wire_thread_start body = {
		.thread_seq = entry->seq,
		.function = (uint64_t)(uintptr_t)entry->function,
		.generation = entry->generation,
	};
	struct dlt_event event = dlt_event_here(DLT_WIRE_THREAD_START, &body, sizeof(body));
	int64_t end_key = atomic_load(&key);

	drop_namesakes(dlt_thread_id());
	entry->start_seq = dlt_emit(&event);
	atomic_store(&entry->tid, dlt_thread_id());
	self = entry;
	if (end_key != NO_KEY)
		dlt_libc.pthread_setspecific((pthread_key_t)end_key, entry);
	return start;
}

/*
 * The key's destructor. Destructors may set keys anew, so glibc has several rounds of them
 * (nptl/nptl_deallocate_tsd.c); this one takes part in all, and in the last one the thread is over.
 */
static void on_thread_end(void *value)
{
	struct entry *entry = value;
	int64_t end_key = atomic_load(&key);

	atomic_store(&entry->is_done, true);
	if (++entry->rounds < PTHREAD_DESTRUCTOR_ITERATIONS && end_key != NO_KEY &&
	    !dlt_libc.pthread_setspecific((pthread_key_t)end_key, entry))
		return;
	dlt_scope_drop_abandoned();
	self = NULL;
	if (dlt_process.traced)
		dlt_emit_end(entry->start_seq, 0, 0, NULL);
	drop(entry, dlt_thread_id());
}

/*
 * Ours is the last key whose values lie in the thread itself, for which pthread_setspecific never
 * allocates (PTHREAD_KEY_2NDLEVEL_SIZE, nptl/descr.h). The program gets all numbers before it as
 * ever.
 */
void dlt_threads_start(void)
{
	enum { LAST_IN_THREAD = 31 };
	pthread_key_t keys[LAST_IN_THREAD], next;
	int count = 0;

	if (!dlt_libc.pthread_key_create || !dlt_libc.pthread_key_delete ||
	    !dlt_libc.pthread_setspecific)
		return;
	while (!dlt_libc.pthread_key_create(&next, on_thread_end)) {
		if (next == LAST_IN_THREAD)
			atomic_store(&key, next);
		else if (next > LAST_IN_THREAD)
			dlt_libc.pthread_key_delete(next);
		if (next >= LAST_IN_THREAD)
			break;
		keys[count++] = next;
	}
	while (count-- > 0)
		dlt_libc.pthread_key_delete(keys[count]);
}

bool dlt_threads_give_key(void)
{
	int64_t given = atomic_exchange(&key, NO_KEY);

	return given != NO_KEY && !dlt_libc.pthread_key_delete((pthread_key_t)given);
}

void dlt_threads_renew(void)
{
	uint32_t end = atomic_load(&used);

	for (uint32_t i = 0; i < end; i++)
		if (&entries[i] != self && atomic_load(&entries[i].life) & 1)
			give_back(&entries[i]);
	atomic_store(&taken, self != NULL);
	atomic_store(&has_main, self != NULL);
	if (!self)
		return;
	atomic_store(&self->tid, dlt_thread_id());
	self->start_seq = 0; /* it ends in its parent's stream, or never */
}

/* MARK: hooks */

/* Notes the thread to be; NULL: it goes unseen. */
static struct entry *announce(void *(*function)(void *), void *argument)
{
	const struct dlt_object *object;
	struct entry *entry;
	uint32_t generation;
	uint64_t seq;

	dlt_hooks_resolve();
	if (!dlt_process.traced)
		return NULL;
	object = dlt_objects_by_address((uint64_t)(uintptr_t)function);
	generation = object ? object->generation : 0;
	dlt_scope_drop_abandoned();
	seq = dlt_emit_thread((uint64_t)(uintptr_t)function, (uint64_t)(uintptr_t)argument,
			      generation);
	entry = take();
	if (!entry)
		return NULL;
	entry->function = function;
	entry->argument = argument;
	entry->generation = generation;
	entry->seq = seq;
	entry->stream = dlt_process.stream;
	entry->rounds = 0;
	atomic_store(&entry->is_done, false);
	return entry;
}

static void take_back(struct entry *entry, int error)
{
	dlt_emit_end(entry->seq, (uint64_t)error, 0, NULL);
	give_back(entry);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *),
		   void *argument)
{
	struct entry *entry = announce(function, argument);
	int result;

	if (!entry)
		return dlt_real.pthread_create(thread, attributes, function, argument);
	result = dlt_real.pthread_create(thread, attributes, dlt_thread_entry, entry);
	if (result)
		take_back(entry, result);
	return result;
}

int thrd_create(thrd_t *thread, thrd_start_t function, void *argument)
{
	struct entry *entry = announce((void *(*)(void *))(void (*)(void))function, argument);
	int result;

	if (!entry)
		return dlt_real.thrd_create(thread, function, argument);
	result =
		dlt_real.thrd_create(thread, (thrd_start_t)(void (*)(void))dlt_thread_entry, entry);
	if (result != thrd_success)
		take_back(entry, result == thrd_nomem ? ENOMEM : EAGAIN);
	return result;
}
