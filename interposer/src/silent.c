/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that the loader passes in silence; see silent.h. */
#include "silent.h"

#include <stdatomic.h>

#include "dltrace_wire.h"
#include "lifecycle.h"
#include "memory.h"
#include "objects.h"
#include "order.h"
#include "scope.h"
#include "watch.h"

static struct dlt_object **by_fini; /* room for sorting them all */

void dlt_silent_start(void)
{
	by_fini = dlt_memory_reserve(DLT_OBJECTS_MAX * sizeof(*by_fini));
	dlt_order_start();
}

/* Of libdltrace.so itself nothing is told; namespaces share the first one's ld.so. */
static bool is_told(const struct dlt_object *object)
{
	return object->origin != DLT_WIRE_ORIGIN_VDSO && object->origin != DLT_WIRE_ORIGIN_TRACER &&
	       !(object->origin == DLT_WIRE_ORIGIN_LOADER && object->lmid);
}

static bool wants_init(const struct dlt_object *object)
{
	return !object->init_seq && !object->functions.init && !object->functions.init_count &&
	       is_told(object);
}

static bool wants_fini(const struct dlt_object *object)
{
	return !object->fini_seq && !object->functions.fini && !object->functions.fini_count &&
	       is_told(object);
}

/* The objects of a namespace in the order they are finalized, sorted anew when they changed. */
static struct dlt_object **sorted(uint32_t lmid, uint32_t *count)
{
	static uint32_t sorted_count, sorted_lmid, sorted_changes;

	*count = 0;
	if (!by_fini)
		return NULL;
	if (sorted_changes != dlt_objects.changes || sorted_lmid != lmid) {
		sorted_count = 0;
		for (uint32_t i = 0; i < dlt_objects.count; i++)
			if (dlt_objects.entries[dlt_objects.order[i]].lmid == lmid)
				by_fini[sorted_count++] =
					&dlt_objects.entries[dlt_objects.order[i]];
		if (!dlt_order_sort(by_fini, sorted_count))
			return NULL;
		sorted_changes = dlt_objects.changes;
		sorted_lmid = lmid;
	}
	*count = sorted_count;
	return by_fini;
}

static bool any(bool (*wants)(const struct dlt_object *))
{
	for (uint32_t i = 0; i < dlt_objects.count; i++)
		if (wants(&dlt_objects.entries[dlt_objects.order[i]]))
			return true;
	return false;
}

static void deduce_start_init(struct dlt_object *object)
{
	if (!object->init_seq && is_told(object))
		dlt_lifecycle_deduce(DLT_WIRE_INIT, object, 0, DLT_WIRE_PHASE_CONSTRUCTOR);
}

/*
 * Of several libraries that ask to be first (DF_1_INITFIRST), the one mapped last is
 * (elf/dl-load.c). If that is not this one, it, and what this one needs, came before. ld.so is
 * initialized anyway.
 */
void dlt_silent_start_inits(void)
{
	struct dlt_object **all, *first = NULL, *own = NULL;
	uint32_t count;

	for (uint32_t i = 0; i < dlt_objects.count; i++) {
		struct dlt_object *object = &dlt_objects.entries[dlt_objects.order[i]];

		if (object->wants_first)
			first = object;
		if (object->origin == DLT_WIRE_ORIGIN_TRACER)
			own = object;
	}
	if (first != own && first)
		deduce_start_init(first);
	deduce_start_init(dlt_objects_loader());
	if (first == own || !first)
		return;
	all = sorted(0, &count);
	while (all && count-- > 0 && all[count] != own)
		deduce_start_init(all[count]);
}

void dlt_silent_inits(const struct dlt_object *object)
{
	static _Atomic uint32_t settled; /* changes of the table after which no init was wanted */
	const struct dlt_scope *top = dlt_scope_top;
	uint32_t changes = dlt_objects.changes, count;
	struct dlt_object **all;

	if (atomic_load(&settled) == changes)
		return;
	if (!any(wants_init)) {
		atomic_store(&settled, changes);
		return;
	}
	if (!dlt_watch_enter())
		return;
	all = sorted(object ? object->lmid : 0, &count);
	while (all && count-- > 0 && all[count] != object)
		if (wants_init(all[count]))
			dlt_lifecycle_deduce(DLT_WIRE_INIT, all[count], top ? top->seq : 0,
					     DLT_WIRE_PHASE_CONSTRUCTOR);
	dlt_watch_leave();
}

void dlt_silent_finis(const struct dlt_object *object, uint64_t parent)
{
	struct dlt_object **all;
	uint32_t count;

	if (!any(wants_fini) || !dlt_watch_enter())
		return;
	all = sorted(object ? object->lmid : 0, &count);
	for (uint32_t i = 0; all && i < count && all[i] != object; i++)
		if (wants_fini(all[i]))
			dlt_lifecycle_deduce(DLT_WIRE_FINI, all[i], parent,
					     DLT_WIRE_PHASE_EXIT_FINI);
	dlt_watch_leave();
}
