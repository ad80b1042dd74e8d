/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks of pthread_key_create and pthread_key_delete, and of C11's names for them. A destructor is
 * registered as a thunk of ours (slots.h).
 */
#include "keys.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <threads.h>

#include "hooks.h"
#include "left.h"
#include "process.h"
#include "registrations.h"
#include "slots.h"
#include "threads.h"

/* A key with a destructor, at its number: glibc gives out the lowest free one. */
static struct key {
	_Atomic uint64_t destructor; /* 0: none, or no such key */
	uint64_t thunk;
	struct dlt_registered registered;
} keys[PTHREAD_KEYS_MAX];

static _Atomic uint32_t keys_end; /* behind the highest number seen */

static void note(uint32_t number, uint64_t destructor, uint64_t thunk)
{
	struct dlt_wire_register record = {
		.type = DLT_WIRE_REF_TLS_KEY,
		.address = destructor,
		.number = number,
	};
	uint32_t end = atomic_load(&keys_end);

	if (number >= PTHREAD_KEYS_MAX)
		return;
	while (end <= number && !atomic_compare_exchange_weak(&keys_end, &end, number + 1))
		;
	keys[number].thunk = thunk;
	keys[number].registered = dlt_register(record, NULL);
	atomic_store(&keys[number].destructor, destructor);
}

static int create(int (*real)(unsigned *, void (*)(void *)), unsigned *key,
		  void (*destructor)(void *))
{
	uint64_t function = (uint64_t)(uintptr_t)destructor, thunk;
	int result;

	if (!dlt_process.traced)
		return real(key, destructor);
	thunk = dlt_slot_take(DLT_WIRE_TLS_KEY, function, 0);
	result = real(key, (void (*)(void *))(uintptr_t)thunk);
	if (result && dlt_threads_give_key()) /* all are taken, one of them by us */
		result = real(key, (void (*)(void *))(uintptr_t)thunk);
	if (result)
		dlt_slot_release(thunk);
	else if (destructor)
		note(*key, function, thunk);
	return result;
}

/*
 * What is noted of a key, taken out: once the key is deleted, another thread may get its number.
 */
static struct key forget(uint32_t number)
{
	struct key was = { 0 };

	if (number >= PTHREAD_KEYS_MAX || !dlt_process.traced)
		return was;
	was.thunk = keys[number].thunk;
	was.registered = keys[number].registered;
	was.destructor = atomic_exchange(&keys[number].destructor, 0);
	return was;
}

/* After the real deletion; one that failed leaves everything as it was. */
static void deleted(uint32_t number, const struct key *was, bool failed)
{
	if (!was->destructor)
		return;
	if (failed) {
		keys[number].thunk = was->thunk;
		keys[number].registered = was->registered;
		atomic_store(&keys[number].destructor, was->destructor);
		return;
	}
	dlt_slot_release(was->thunk);
	dlt_register(
		(struct dlt_wire_register){ .type = DLT_WIRE_REF_TLS_KEY_DELETE, .number = number },
		NULL);
}

void dlt_keys_left(void)
{
	uint32_t end = atomic_load(&keys_end);

	for (uint32_t i = 0; i < end; i++) {
		uint64_t destructor =
			atomic_load_explicit(&keys[i].destructor, memory_order_relaxed);
		const struct dlt_gone *gone = dlt_registered_gone(destructor, keys[i].registered);
		struct dlt_wire_left left;

		if (!gone)
			continue;
		left = dlt_registered_left(DLT_WIRE_REF_TLS_KEY, gone->generation, destructor,
					   keys[i].registered);
		left.number = i;
		dlt_left_emit(left, NULL, NULL);
	}
}

/* MARK: hooks */

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	dlt_hooks_resolve();
	return create(dlt_real.pthread_key_create, key, destructor);
}

int __pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	dlt_hooks_resolve();
	return create(dlt_real.__pthread_key_create, key, destructor);
}

int tss_create(tss_t *key, tss_dtor_t destructor)
{
	dlt_hooks_resolve();
	return create(dlt_real.tss_create, key, destructor);
}

int pthread_key_delete(pthread_key_t key)
{
	struct key was;
	int result;

	dlt_hooks_resolve();
	was = forget(key);
	result = dlt_real.pthread_key_delete(key);
	deleted(key, &was, result != 0);
	return result;
}

void tss_delete(tss_t key)
{
	struct key was;

	dlt_hooks_resolve();
	was = forget(key);
	dlt_real.tss_delete(key);
	deleted(key, &was, false);
}
