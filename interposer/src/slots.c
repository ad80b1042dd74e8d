/* SPDX-License-Identifier: Apache-2.0 */
/* The slots behind the thunks; see slots.h. */
#include "slots.h"

#include <stdatomic.h>

#include "../arch/arch.h"
#include "dltrace_wire.h"
#include "exit.h"
#include "function.h"
#include "left.h"
#include "objects.h"
#include "process.h"
#include "registrations.h"
#include "scope.h"

enum { THUNK_BYTES = 16 };

/*
 * One that was given back keeps its function until it is taken again, the one that is free longest
 * first: a thread may be about to call the destructor of a key that another one deletes.
 */
struct slot {
	_Atomic uint64_t function;
	uint64_t dso_handle;
	uint32_t next_free; /* 1 + number; 0: the last one */
	_Atomic uint16_t type;
	bool taken;
};

static struct slot slots[DLT_SLOTS];
static uint32_t used;		       /* slots that were ever taken, from the first one */
static uint32_t with_handle;	       /* taken ones with a dso_handle */
static uint32_t first_free, last_free; /* 1 + number; 0: none */

static uint64_t thunk_of(const struct slot *slot)
{
	return (uint64_t)(uintptr_t)dlt_slot_thunks + (uint64_t)(slot - slots) * THUNK_BYTES;
}

static struct slot *next_slot(void)
{
	struct slot *slot;

	if (used < DLT_SLOTS)
		return &slots[used++];
	if (!first_free)
		return NULL;
	slot = &slots[first_free - 1];
	first_free = slot->next_free;
	if (!first_free)
		last_free = 0;
	return slot;
}

static void give_back(struct slot *slot)
{
	uint32_t number = (uint32_t)(slot - slots) + 1;

	slot->taken = false;
	with_handle -= slot->dso_handle != 0;
	slot->next_free = 0;
	if (last_free)
		slots[last_free - 1].next_free = number;
	else
		first_free = number;
	last_free = number;
}

uint64_t dlt_slot_take(uint16_t type, uint64_t function, uint64_t dso_handle)
{
	struct slot *slot;

	if (!function || !dlt_process.traced || !dlt_registrations_lock())
		return function;
	slot = next_slot();
	if (slot) {
		slot->taken = true;
		slot->dso_handle = dso_handle;
		with_handle += dso_handle != 0;
		atomic_store(&slot->type, type);
		atomic_store(&slot->function, function);
	}
	dlt_registrations_unlock();
	return slot ? thunk_of(slot) : function;
}

void dlt_slot_release(uint64_t thunk)
{
	uint64_t number = (thunk - (uint64_t)(uintptr_t)dlt_slot_thunks) / THUNK_BYTES;

	if (number >= DLT_SLOTS || !dlt_registrations_lock())
		return;
	if (slots[number].taken)
		give_back(&slots[number]);
	dlt_registrations_unlock();
}

void dlt_slots_left(void)
{
	if (!with_handle || !dlt_registrations_lock())
		return;
	for (uint32_t i = 0; i < used; i++)
		if (slots[i].taken && slots[i].dso_handle && dlt_left_gone(slots[i].dso_handle))
			give_back(&slots[i]);
	dlt_registrations_unlock();
}

static void begin(struct dlt_scope *scope, uint64_t function, uint64_t argument, uint16_t type)
{
	const struct dlt_scope *top = dlt_scope_drop_abandoned();
	const struct dlt_object *object = dlt_objects_by_address(function);
	struct dlt_wire_function record = {
		.function = function,
		.argument = argument,
		.generation = object ? object->generation : 0,
		.type = type,
	};
	uint16_t phase = top ? top->phase : DLT_WIRE_PHASE_NONE;

	if (type == DLT_WIRE_TLS_KEY)
		phase = DLT_WIRE_PHASE_THREAD_EXIT;
	else if (type == DLT_WIRE_QUICK_EXIT)
		phase = DLT_WIRE_PHASE_EXIT_HANDLERS;
	dlt_function_begin(scope, &record, top ? top->seq : 0, phase);
}

__attribute__((visibility("hidden"))) void dlt_slot_run(void *argument, long second,
							uint32_t number)
{
	uint64_t function = atomic_load(&slots[number].function);
	uint16_t type = atomic_load(&slots[number].type);
	struct dlt_scope scope;

	begin(&scope, function, type == DLT_WIRE_TLS_KEY ? (uint64_t)(uintptr_t)argument : 0, type);
	((void (*)(void *, long))(uintptr_t)function)(argument, second);
	dlt_function_end(&scope);
}
