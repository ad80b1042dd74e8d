/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the keepers of references after an unload; see left.h. */
#include "left.h"

#include <stddef.h>
#include <string.h>

#include "census.h"
#include "inside.h"
#include "objects.h"
#include "record.h"
#include "registrations.h"

static struct dlt_gone gone[DLT_OBJECTS_MAX];
static uint32_t gone_count;

struct dlt_left_range dlt_left_range = { .start = UINT64_MAX };

void dlt_left_note(const struct dlt_object *object)
{
	if (gone_count == DLT_OBJECTS_MAX)
		return;
	gone[gone_count++] = (struct dlt_gone){
		.start = object->start,
		.end = object->end,
		.generation = object->generation,
	};
	if (object->start < dlt_left_range.start)
		dlt_left_range.start = object->start;
	if (object->end > dlt_left_range.end)
		dlt_left_range.end = object->end;
}

void dlt_left_ask(void)
{
	if (!gone_count)
		return;
	dlt_inside_left();
	dlt_registrations_left();
	dlt_census_left();
	gone_count = 0;
	dlt_left_range = (struct dlt_left_range){ .start = UINT64_MAX };
}

const struct dlt_gone *dlt_left_find(uint64_t address)
{
	for (uint32_t i = 0; i < gone_count; i++)
		if (address >= gone[i].start && address < gone[i].end)
			return &gone[i];
	return NULL;
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
