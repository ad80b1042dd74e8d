/* SPDX-License-Identifier: Apache-2.0 */
/* What the keepers of registrations share; see registrations.h. */
#include "registrations.h"

#include <stdatomic.h>
#include <stddef.h>

#include "environment.h"
#include "handlers.h"
#include "keys.h"
#include "left.h"
#include "objects.h"
#include "process.h"
#include "record.h"
#include "signals.h"
#include "slots.h"
#include "system.h"
#include "unwind.h"

static _Atomic uint32_t locking_tid;

bool dlt_registrations_lock(void)
{
	enum { ATTEMPTS = 100000 };
	uint32_t me = dlt_thread_id();

	for (int i = 0; i < ATTEMPTS; i++) {
		uint32_t nobody = 0;

		if (atomic_compare_exchange_strong(&locking_tid, &nobody, me))
			return true;
		if (nobody == me)
			return false;
		dlt_yield();
	}
	return false;
}

void dlt_registrations_unlock(void)
{
	atomic_store(&locking_tid, 0);
}

struct dlt_registered dlt_register(struct dlt_wire_register record, const char *text)
{
	const struct dlt_object *object = dlt_objects_by_address(record.address);
	bool has_room = record.type != DLT_WIRE_REF_SIGNAL || dlt_unwind_is_on_own_stack();
	uint64_t seq;

	if (!dlt_process_is_self())
		return (struct dlt_registered){ 0 };
	record.generation = object ? object->generation : 0;
	seq = has_room ? dlt_emit_register(record, text)
		       : dlt_emit_register_only(record, NULL, text);
	return (struct dlt_registered){
		.seq = seq,
		.stream = dlt_process.stream,
		.generation = record.generation,
	};
}

const struct dlt_gone *dlt_registered_gone(uint64_t address, struct dlt_registered registered)
{
	const struct dlt_gone *gone = address ? dlt_left_gone(address) : NULL;

	return gone && (!registered.seq || registered.generation == gone->generation) ? gone : NULL;
}

struct dlt_wire_left dlt_registered_left(uint16_t type, uint32_t generation, uint64_t address,
					 struct dlt_registered registered)
{
	return (struct dlt_wire_left){
		.type = type,
		.generation = generation,
		.address = address,
		.registered_seq = registered.seq,
		.registered_stream = registered.seq ? registered.stream : 0,
	};
}

void dlt_registrations_left(void)
{
	dlt_keys_left();
	dlt_signals_left();
	dlt_handlers_left();
	dlt_environment_left();
	dlt_slots_left();
}
