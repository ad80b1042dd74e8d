/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that the loader passes in silence; see silent.h. */
#include "silent.h"

#include <stdatomic.h>

#include "dltrace_wire.h"
#include "lifecycle.h"
#include "memory.h"
#include "namespaces.h"
#include "objects.h"
#include "order.h"
#include "scope.h"
#include "watch.h"

static struct dlt_object **sorted;    /* room for all of them */
static bool sorted_for_finis;	      /* by dlt_silent_finis */
static _Atomic uint32_t without_init; /* silent objects in the table whose INIT is to be written */
static _Atomic uint32_t without_fini; /* the same of FINI */

void dlt_silent_start(void)
{
	sorted = dlt_memory_reserve(DLT_OBJECTS_MAX * sizeof(*sorted));
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

void dlt_silent_came(const struct dlt_object *object)
{
	without_init += wants_init(object);
	without_fini += wants_fini(object);
}

void dlt_silent_goes(const struct dlt_object *object)
{
	without_init -= wants_init(object);
	without_fini -= wants_fini(object);
}

static void write_init(struct dlt_object *object, uint64_t parent)
{
	without_init -= wants_init(object);
	dlt_lifecycle_deduce(DLT_WIRE_INIT, object, parent, DLT_WIRE_PHASE_CONSTRUCTOR);
}

static void write_fini(struct dlt_object *object, uint64_t parent)
{
	without_fini -= wants_fini(object);
	dlt_lifecycle_deduce(DLT_WIRE_FINI, object, parent, DLT_WIRE_PHASE_EXIT_FINI);
}

/*
 * Sorts a namespace's objects as they are finalized. `uninitialized`: those alone that are not
 * initialized yet; what was there before does not need them, so their order is the same.
 */
static uint32_t sort(uint32_t lmid, bool uninitialized)
{
	uint32_t count = 0;

	sorted_for_finis = false;
	for (uint32_t i = 0; sorted && i < dlt_objects.count; i++) {
		struct dlt_object *object = dlt_objects_at(i);

		if (object->lmid == lmid && !(uninitialized && object->init_seq))
			sorted[count++] = object;
	}
	return dlt_order_sort(sorted, count) ? count : 0;
}

static void deduce_start_init(struct dlt_object *object)
{
	if (!object->init_seq && is_told(object))
		write_init(object, 0);
}

/*
 * Of several libraries that ask to be first (DF_1_INITFIRST), the one mapped last is
 * (elf/dl-load.c). If that is not this one, it, and what this one needs, came before. ld.so is
 * initialized anyway.
 */
void dlt_silent_start_inits(void)
{
	struct dlt_object *first = NULL, *own = NULL;
	uint32_t count;

	for (uint32_t i = 0; i < dlt_objects.count; i++) {
		struct dlt_object *object = dlt_objects_at(i);

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
	count = sort(0, false);
	while (count-- > 0 && sorted[count] != own)
		deduce_start_init(sorted[count]);
}

static void write_inits(const struct dlt_object *before, uint32_t lmid)
{
	const struct dlt_scope *top = dlt_scope_top;
	uint32_t count = sort(lmid, true);

	while (count-- > 0 && sorted[count] != before)
		if (wants_init(sorted[count]))
			write_init(sorted[count], top ? top->seq : 0);
}

void dlt_silent_inits(const struct dlt_object *object)
{
	if (!without_init || !dlt_watch_enter())
		return;
	write_inits(object, object ? object->lmid : 0);
	for (uint32_t lmid = 1; !object && dlt_objects.elsewhere && lmid < DLT_NAMESPACES_MAX;
	     lmid++)
		write_inits(NULL, lmid);
	dlt_watch_leave();
}

void dlt_silent_finis(const struct dlt_object *object, uint64_t parent)
{
	static uint32_t count, next, of_lmid, of_changes;
	uint32_t lmid = object ? object->lmid : 0;
	uint32_t until;

	if (!sorted || !without_fini || !dlt_watch_enter())
		return;
	if (!sorted_for_finis || of_lmid != lmid || of_changes != dlt_objects.changes) {
		count = sort(lmid, false);
		for (uint32_t i = 0; i < count; i++)
			sorted[i]->fini_place = i;
		sorted_for_finis = true;
		next = 0;
		of_lmid = lmid;
		of_changes = dlt_objects.changes;
	}
	until = object ? object->fini_place : count;
	for (; next < until; next++)
		if (wants_fini(sorted[next]))
			write_fini(sorted[next], parent);
	dlt_watch_leave();
}
