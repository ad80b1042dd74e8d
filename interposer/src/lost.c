/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps a LOST record up to date in shared memory; see lost.h. */
#include "lost.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "process.h"

struct record {
	struct dlt_wire_header header;
	struct dlt_wire_lost body;
};

static _Atomic(struct record *) own;

void dlt_lost_forked(void)
{
	atomic_store(&own, NULL);
}

bool dlt_lost_has_begun(void)
{
	return atomic_load(&own) != NULL;
}

void dlt_lost_begin(void *memory)
{
	struct record *record = memory;

	*record = (struct record){
		.header = {
			.version = DLT_WIRE_VERSION,
			.kind = DLT_WIRE_LOST,
			.length = sizeof(*record),
			.parts = 1,
			.pid = dlt_process.pid,
			.tid = dlt_thread_id(),
			.stream = dlt_process.stream,
			.seq = atomic_load(&dlt_process.last_seq) + 1,
			.time_ns = dlt_now_ns(),
		},
	};
	atomic_store_explicit((_Atomic uint32_t *)&record->header.magic, DLT_WIRE_MAGIC,
			      memory_order_release);
	atomic_store(&own, record);
	dlt_lost_note(); /* other threads' records in between */
}

void dlt_lost_note(void)
{
	struct record *record = atomic_load(&own);
	uint64_t next = atomic_load(&dlt_process.last_seq) + 1, noted;
	_Atomic uint64_t *seq;

	if (!record)
		return;
	seq = (_Atomic uint64_t *)&record->header.seq;
	noted = atomic_load(seq);
	while (noted < next && !atomic_compare_exchange_weak(seq, &noted, next))
		;
}

void dlt_lost_count(void)
{
	struct record *record = atomic_load(&own);

	if (record)
		atomic_fetch_add((_Atomic uint64_t *)&record->body.records, 1);
}
