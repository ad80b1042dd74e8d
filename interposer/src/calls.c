/* SPDX-License-Identifier: Apache-2.0 */
/* The calls in flight; see calls.h. */
#include "calls.h"

#include <stdatomic.h>
#include <string.h>

#include "dltrace_wire.h"
#include "process.h"

enum { CALLS_MAX = 256, NAME_TAIL_BYTES = 64 };

static struct {
	_Atomic uint64_t seq; /* 0: free */
	uint32_t tid;
	uint16_t kind;
	char name_tail[NAME_TAIL_BYTES]; /* last part of the name asked for */
} calls[CALLS_MAX];

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

uint16_t dlt_call_enter(uint16_t kind, uint64_t seq, const char *name)
{
	for (uint16_t i = 0; i < CALLS_MAX; i++) {
		uint64_t free_entry = 0;

		if (atomic_load_explicit(&calls[i].seq, memory_order_relaxed))
			continue;
		if (!atomic_compare_exchange_strong(&calls[i].seq, &free_entry, seq))
			continue;
		calls[i].tid = dlt_thread_id();
		calls[i].kind = kind;
		strncpy(calls[i].name_tail, name ? last_part(name) : "", NAME_TAIL_BYTES - 1);
		return i;
	}
	return DLT_NO_CALL;
}

void dlt_call_leave(uint16_t call)
{
	if (call != DLT_NO_CALL)
		atomic_store(&calls[call].seq, 0);
}

void dlt_calls_keep_thread(uint32_t tid_before)
{
	for (unsigned i = 0; i < CALLS_MAX; i++) {
		if (calls[i].tid == tid_before)
			calls[i].tid = dlt_thread_id();
		else
			atomic_store(&calls[i].seq, 0);
	}
}

bool dlt_call_is_in_flight_elsewhere(uint64_t seq)
{
	for (unsigned i = 0; seq && i < CALLS_MAX; i++)
		if (atomic_load(&calls[i].seq) == seq)
			return calls[i].tid != dlt_thread_id();
	return false;
}

static bool is_open(uint16_t kind)
{
	return kind == DLT_WIRE_DLOPEN || kind == DLT_WIRE_DLMOPEN;
}

struct dlt_call_ref dlt_call_elsewhere(bool open, const char *path)
{
	struct dlt_call_ref found = { 0 };

	for (unsigned i = 0; i < CALLS_MAX; i++) {
		uint64_t seq = atomic_load(&calls[i].seq);

		if (!seq || calls[i].tid == dlt_thread_id() || is_open(calls[i].kind) != open)
			continue;
		if (path && strncmp(calls[i].name_tail, last_part(path), NAME_TAIL_BYTES - 1))
			continue;
		if (seq > found.seq)
			found = (struct dlt_call_ref){ .seq = seq, .tid = calls[i].tid };
	}
	return found;
}
