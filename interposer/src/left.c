/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the keepers of references after an unload; see left.h. */
#include "left.h"

#include <stddef.h>
#include <string.h>

#include "census.h"
#include "inside.h"
#include "memory.h"
#include "objects.h"
#include "record.h"
#include "registrations.h"
#include "scope.h"

static struct dlt_memory memory; /* of struct dlt_gone */

void dlt_left_note(const struct dlt_object *object)
{
	struct dlt_gone *gone = dlt_memory_take(&memory, sizeof(*gone));

	if (gone)
		*gone = (struct dlt_gone){
			.start = object->start,
			.end = object->end,
			.generation = object->generation,
		};
}

void dlt_left_ask(void)
{
	if (memory.next == memory.start)
		return;
	dlt_inside_left();
	dlt_registrations_left();
	dlt_census_left();
	dlt_memory_clear(&memory);
}

const struct dlt_gone *dlt_left_gone(uint64_t address)
{
	const struct dlt_gone *end = (const struct dlt_gone *)memory.next;

	for (const struct dlt_gone *g = (const struct dlt_gone *)memory.start; g < end; g++)
		if (address >= g->start && address < g->end)
			return g;
	return NULL;
}

void dlt_left_range(uint64_t *lowest, uint64_t *highest)
{
	const struct dlt_gone *end = (const struct dlt_gone *)memory.next;

	*lowest = UINT64_MAX;
	*highest = 0;
	for (const struct dlt_gone *g = (const struct dlt_gone *)memory.start; g < end; g++) {
		if (g->start < *lowest)
			*lowest = g->start;
		if (g->end > *highest)
			*highest = g->end;
	}
}

void dlt_left_emit(struct dlt_wire_left body, const struct dlt_stack *stack, const char *text)
{
	struct dlt_event event = dlt_event_here(DLT_WIRE_LEFT, &body, sizeof(body));

	if (stack) {
		body.stack =
			(struct dlt_wire_stack){ .count = stack->count, .flags = stack->flags };
		dlt_event_add(&event, stack->frames, stack->count * sizeof(stack->frames[0]));
	}
	if (text) {
		body.text_bytes = (uint32_t)strlen(text);
		dlt_event_add(&event, text, body.text_bytes);
	}
	dlt_emit(&event);
}
