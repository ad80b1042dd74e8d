/* SPDX-License-Identifier: Apache-2.0 */
/* The set of stale handles; see stale.h. */
#include "stale.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>

#include "dltrace_wire.h"
#include "objects.h"
#include "process.h"
#include "record.h"

/*
 * Rows of a few handles each, found by the handle, the one added longest ago forgotten first:
 * looking one up is a few loads in every dlsym. Changed without a lock; what two threads add to a
 * row at the same time may be one.
 */
enum { ROWS = 1024, IN_A_ROW = 4 };

static struct row {
	_Atomic uint64_t handles[IN_A_ROW];
	_Atomic uint32_t generations[IN_A_ROW];
	_Atomic uint32_t next;
} rows[ROWS];

static atomic_bool any;

static struct row *row_of(const void *handle)
{
	return &rows[((uint64_t)(uintptr_t)handle * 0x9e3779b97f4a7c15u) >> 54];
}

static int find(const struct row *row, const void *handle)
{
	for (int i = 0; i < IN_A_ROW; i++)
		if (atomic_load_explicit(&row->handles[i], memory_order_relaxed) ==
		    (uint64_t)(uintptr_t)handle)
			return i;
	return -1;
}

void dlt_stale_add(const void *handle, uint32_t generation)
{
	struct row *row = row_of(handle);
	int at = find(row, handle);

	if (at < 0)
		at = find(row, NULL); /* a free one */
	if (at < 0)
		at = (int)(atomic_fetch_add(&row->next, 1) % IN_A_ROW);
	atomic_store(&row->generations[at], generation);
	atomic_store(&row->handles[at], (uint64_t)(uintptr_t)handle);
	atomic_store_explicit(&any, true, memory_order_relaxed);
}

void dlt_stale_remove(const void *handle)
{
	struct row *row = row_of(handle);
	int at = find(row, handle);

	if (at >= 0)
		atomic_store(&row->handles[at], 0);
}

void dlt_stale_opened(struct dlt_object *object)
{
	atomic_fetch_add(&object->opens, 1);
	dlt_stale_remove(object->map);
}

bool dlt_stale_closed(struct dlt_object *object)
{
	uint32_t closes = atomic_fetch_add(&object->closes, 1) + 1;

	if (object->at_start || closes != atomic_load(&object->opens))
		return false;
	dlt_stale_add(object->map, object->generation);
	return true;
}

void dlt_stale_use(const void *handle, uint16_t function, const char *name)
{
	struct dlt_wire_stale record = {
		.handle = (uint64_t)(uintptr_t)handle,
		.function = function,
	};
	const struct row *row;
	int at;

	if (!atomic_load_explicit(&any, memory_order_relaxed) || handle == RTLD_DEFAULT ||
	    handle == RTLD_NEXT || !dlt_process.traced)
		return;
	row = row_of(handle);
	at = find(row, handle);
	if (at < 0 || !dlt_process_is_self())
		return;
	record.generation = atomic_load(&row->generations[at]);
	dlt_emit_stale(record, name);
}
