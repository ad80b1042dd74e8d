/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks and runs the objects' init and fini functions; see lifecycle.h. */
#include "lifecycle.h"

#include "../arch/arch.h"
#include "dltrace_wire.h"
#include "exit.h"
#include "function.h"
#include "namespaces.h"
#include "objects.h"
#include "pages.h"
#include "process.h"
#include "record.h"
#include "scope.h"
#include "silent.h"

enum { THUNK_BYTES = 16 };

/* What a thunk stands for. */
enum sort { SORT_INIT, SORT_INIT_ARRAY, SORT_FINI_ARRAY, SORT_FINI, DLT_THUNKS_AN_OBJECT };

typedef void (*init_function)(int, char **, char **);

static uint64_t thunk_of(uint32_t object, enum sort sort)
{
	return (uint64_t)(uintptr_t)dlt_thunks +
	       ((uint64_t)object * DLT_THUNKS_AN_OBJECT + sort) * THUNK_BYTES;
}

/* MARK: rewriting */

/* What is to be written to the dynamic section. */
struct rewriting {
	struct dlt_word words[6];
	unsigned count;
};

static void set(struct rewriting *r, uint64_t *at, uint64_t value)
{
	r->words[r->count++] = (struct dlt_word){ at, value };
}

/* An array of one entry in place of the object's own. */
static void replace_array(struct rewriting *r, const struct dlt_object *object,
			  const struct dlt_elf_array *array, uint64_t *cell, uint64_t thunk)
{
	if (!array->count)
		return;
	*cell = thunk;
	set(r, array->pointer, (uint64_t)(uintptr_t)cell - object->base);
	set(r, array->bytes, sizeof(*cell));
}

void dlt_lifecycle_hook(struct dlt_object *object, uint32_t number, const struct dlt_elf *elf,
			bool fresh)
{
	struct rewriting r = { .count = 0 };

	if (number >= DLT_THUNKS / DLT_THUNKS_AN_OBJECT || !(elf->has_init || elf->has_fini))
		return;
	object->functions = (struct dlt_functions){
		.init = elf->init ? object->base + *elf->init : 0,
		.fini = elf->fini ? object->base + *elf->fini : 0,
		.init_array = elf->init_array.entries,
		.init_count = elf->init_array.count,
		.fini_array = elf->fini_array.entries,
		.fini_count = elf->fini_array.count,
	};
	if (elf->init)
		set(&r, elf->init, thunk_of(number, SORT_INIT) - object->base);
	if (elf->fini)
		set(&r, elf->fini, thunk_of(number, SORT_FINI) - object->base);
	replace_array(&r, object, &elf->init_array, &object->functions.init_cell,
		      thunk_of(number, SORT_INIT_ARRAY));
	replace_array(&r, object, &elf->fini_array, &object->functions.fini_cell,
		      thunk_of(number, SORT_FINI_ARRAY));
	object->hooked = dlt_pages_write(elf, object->base, r.words, r.count, fresh);
	if (!object->hooked)
		object->functions = (struct dlt_functions){ 0 };
}

/* MARK: events of the object */

static uint64_t emit_object(uint16_t kind, const struct dlt_object *object, uint32_t flags,
			    uint64_t parent, uint16_t phase)
{
	struct dlt_wire_fini body = { .generation = object->generation, .flags = flags };
	struct dlt_event event = { .kind = kind, .parent = parent, .phase = phase };

	dlt_event_add(&event, &body, sizeof(body));
	return dlt_emit(&event);
}

void dlt_lifecycle_deduce(uint16_t kind, struct dlt_object *object, uint64_t parent, uint16_t phase)
{
	uint64_t seq = emit_object(kind, object, DLT_WIRE_FINI_DEDUCED, parent, phase);

	dlt_emit_end(seq, 0, 0, NULL);
	if (kind == DLT_WIRE_FINI)
		object->fini_seq = seq;
	else
		object->init_seq = seq;
	if (kind == DLT_WIRE_INIT && object->binds_past)
		dlt_namespace_rebind(object);
}

static void begin_init(struct dlt_object *object)
{
	const struct dlt_scope *top = dlt_scope_top;

	if (object->init_seq)
		return;
	dlt_silent_inits(object);
	if (object->binds_past)
		dlt_namespace_rebind(object);
	object->init_seq = emit_object(DLT_WIRE_INIT, object, 0, top ? top->seq : 0,
				       DLT_WIRE_PHASE_CONSTRUCTOR);
}

static void begin_fini(struct dlt_object *object)
{
	const struct dlt_scope *top = dlt_scope_top;
	uint64_t parent = top ? top->seq : dlt_exit_seq();
	bool exiting = top ? top->kind == DLT_WIRE_EXIT : parent != 0;

	if (object->fini_seq)
		return;
	/*
	 * If not exit's own pass, it is a dlclose: a hooked one, or one that the C library makes by
	 * itself.
	 */
	if (exiting)
		dlt_silent_finis(object, parent);
	object->fini_phase = exiting ? DLT_WIRE_PHASE_EXIT_FINI : DLT_WIRE_PHASE_DLCLOSE;
	object->fini_seq = emit_object(DLT_WIRE_FINI, object, 0, parent, object->fini_phase);
}

/* MARK: running */

static void run_init(const struct dlt_object *object, uint64_t function, int argc, char **argv,
		     char **envp)
{
	struct dlt_scope scope = {
		.kind = DLT_WIRE_INIT,
		.phase = DLT_WIRE_PHASE_CONSTRUCTOR,
		.seq = object->init_seq,
	};

	dlt_scope_enter(&scope);
	((init_function)(uintptr_t)function)(argc, argv, envp);
	dlt_scope_leave(&scope);
}

static void run_fini(const struct dlt_object *object, uint64_t function, uint16_t type)
{
	struct dlt_wire_function record = {
		.function = function,
		.generation = object->generation,
		.type = type,
	};
	struct dlt_scope scope;

	dlt_function_begin(&scope, &record, object->fini_seq, object->fini_phase);
	((void (*)(void))(uintptr_t)function)();
	dlt_function_end(&scope);
}

/* The init functions, in the loader's order: DT_INIT, then the array (elf/dl-init.c). */
static void initialize(struct dlt_object *object, bool array, int argc, char **argv, char **envp)
{
	const struct dlt_functions *f = &object->functions;

	begin_init(object);
	if (!array)
		run_init(object, f->init, argc, argv, envp);
	for (uint32_t i = 0; array && i < f->init_count; i++)
		run_init(object, f->init_array[i], argc, argv, envp);
	if (array || !f->init_count)
		dlt_emit_end(object->init_seq, 0, 0, NULL);
}

/* The fini functions: the array from its end, then DT_FINI (elf/dl-fini.c, elf/dl-close.c). */
static void finalize(struct dlt_object *object, bool array)
{
	const struct dlt_functions *f = &object->functions;

	begin_fini(object);
	for (uint32_t i = f->fini_count; array && i-- > 0;)
		run_fini(object, f->fini_array[i], DLT_WIRE_FINI_ARRAY);
	if (!array)
		run_fini(object, f->fini, DLT_WIRE_DT_FINI);
	if (!array || !f->fini)
		dlt_emit_end(object->fini_seq, 0, 0, NULL);
}

__attribute__((visibility("hidden"))) void dlt_lifecycle_run(int argc, char **argv, char **envp,
							     uint32_t thunk)
{
	struct dlt_object *object = dlt_objects_by_number(thunk / DLT_THUNKS_AN_OBJECT);
	enum sort sort = thunk % DLT_THUNKS_AN_OBJECT;

	dlt_scope_drop_abandoned();
	if (sort == SORT_INIT || sort == SORT_INIT_ARRAY)
		initialize(object, sort == SORT_INIT_ARRAY, argc, argv, envp);
	else
		finalize(object, sort == SORT_FINI_ARRAY);
}
