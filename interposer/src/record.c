/* SPDX-License-Identifier: Apache-2.0 */
/* Lays events out as records (dltrace_wire.h) and hands them to the channel. */
#include "record.h"

#include <string.h>

#include "channel.h"
#include "dltrace_wire.h"
#include "process.h"
#include "scope.h"
#include "segment.h"

enum { BODY_MAX = DLT_WIRE_RECORD_MAX - sizeof(struct dlt_wire_header) };

_Static_assert(BODY_MAX % DLT_WIRE_ALIGN == 0, "only the last part of an event is padded");

void dlt_event_add(struct dlt_event *event, const void *bytes, size_t size)
{
	if (!size || event->pieces == DLT_BODY_PIECES)
		return;
	event->body[event->pieces].bytes = bytes;
	event->body[event->pieces].size = size;
	event->pieces++;
	event->size += size;
}

/* Lays the header and the whole body at `to`: all that nearly every event needs. */
static inline void lay_out_whole(char *to, const struct dlt_wire_header *header,
				 const struct dlt_event *event)
{
	/* the padding, and what is laid over it right away */
	*(uint64_t *)(void *)(to + header->length - sizeof(uint64_t)) = 0;
	__builtin_memcpy(to, header, sizeof(*header));
	to += sizeof(*header);
	for (unsigned i = 0; i < event->pieces; i++) {
		memcpy(to, event->body[i].bytes, event->body[i].size);
		to += event->body[i].size;
	}
}

/* Lays the header, and `size` bytes of the body from `offset`, at `to`. */
static void lay_out(char *to, const struct dlt_wire_header *header, const struct dlt_event *event,
		    size_t offset, size_t size)
{
	__builtin_memcpy(to, header, sizeof(*header));
	to += sizeof(*header);
	for (unsigned i = 0; i < event->pieces && size; i++) {
		size_t skip = offset < event->body[i].size ? offset : event->body[i].size;
		size_t here = event->body[i].size - skip;

		if (here > size)
			here = size;
		memcpy(to, (const char *)event->body[i].bytes + skip, here);
		to += here;
		offset -= skip;
		size -= here;
	}
	memset(to, 0, header->body_padding);
}

static __attribute__((noinline)) void write_elsewhere(struct dlt_wire_header *header,
						      const struct dlt_event *event, size_t offset,
						      size_t size)
{
	/* as large as the record: the thread may have little stack */
	char record[header->length];

	header->magic = DLT_WIRE_MAGIC;
	lay_out(record, header, event, offset, size);
	header->magic = 0;
	dlt_channel_write(record, header->length);
}

/* Writes an event of several parts, or one that has no room in a file. */
static __attribute__((noinline)) void
write_parts(struct dlt_wire_header *header, const struct dlt_event *event, size_t total, char *to)
{
	size_t done = 0;

	for (header->part = 0; header->part < header->parts; header->part++) {
		size_t size = total - done < BODY_MAX ? total - done : BODY_MAX;

		header->body_padding = (uint16_t)(-size & (DLT_WIRE_ALIGN - 1));
		header->length = (uint32_t)(sizeof(*header) + size + header->body_padding);
		if (to) {
			/* the first one's magic is set last, which makes all of them readable */
			header->magic = header->part ? DLT_WIRE_MAGIC : 0;
			lay_out(to, header, event, done, size);
			to += header->length;
		} else {
			write_elsewhere(header, event, done, size);
		}
		done += size;
	}
}

uint64_t dlt_emit(const struct dlt_event *event)
{
	/* The event's parent then is of the process that this one is a copy of. */
	bool is_copy = dlt_process_notice_copy();
	size_t total = event->size, padding = -total & (DLT_WIRE_ALIGN - 1);
	struct dlt_wire_header header = {
		.version = DLT_WIRE_VERSION,
		.kind = event->kind,
		.parts = 1,
		.length = (uint32_t)(sizeof(header) + total + padding),
		.pid = dlt_process.pid,
		.tid = event->tid ? event->tid : dlt_thread_id(),
		.stream = dlt_process.stream,
		.time_ns = dlt_now_ns(),
		.parent = is_copy ? 0 : event->parent,
		.phase = event->phase,
		.body_padding = (uint16_t)padding,
	};
	struct dlt_room room;
	bool has_room;

	if (is_copy && !dlt_process.traced)
		return 0;
	if (total > BODY_MAX) {
		if (total > (size_t)BODY_MAX * DLT_WIRE_PARTS_MAX) {
			total = (size_t)BODY_MAX * DLT_WIRE_PARTS_MAX;
			padding = 0;
		}
		header.parts = (uint16_t)((total + BODY_MAX - 1) / BODY_MAX);
	}
	header.seq = atomic_fetch_add_explicit(&dlt_process.last_seq, 1, memory_order_relaxed) + 1;

	/* All parts in one file: a reader puts together those of one file only. */
	has_room = dlt_segment_take(&room, header.parts * sizeof(header) + total + padding);
	if (has_room && header.parts == 1)
		lay_out_whole(room.memory, &header, event);
	else
		write_parts(&header, event, total, has_room ? room.memory : NULL);
	if (has_room)
		dlt_segment_give(&room, DLT_WIRE_MAGIC);
	return header.seq;
}

struct dlt_event dlt_event_here(uint16_t kind, const void *fixed, size_t size)
{
	const struct dlt_scope *scope = dlt_scope_top;
	struct dlt_event event = {
		.kind = kind,
		.phase = scope ? scope->phase : DLT_WIRE_PHASE_NONE,
		.parent = scope ? scope->seq : 0,
	};

	dlt_event_add(&event, fixed, size);
	return event;
}

/* The stack of the hook's caller, and its description for the record. */
static struct dlt_wire_stack capture(struct dlt_stack *stack)
{
	dlt_unwind_here(stack, dlt_scope_top ? dlt_scope_top->gadget : 0);
	return (struct dlt_wire_stack){ .count = stack->count, .flags = stack->flags };
}

__attribute__((noinline)) uint64_t dlt_emit_open(uint16_t kind, int64_t lmid, const char *name,
						 int flags)
{
	struct dlt_stack stack;
	struct dlt_wire_dlopen open = {
		.lmid = lmid,
		.flags = (uint32_t)flags,
		.name_bytes = name ? (uint32_t)strlen(name) : DLT_WIRE_NO_NAME,
		.stack = capture(&stack),
	};
	struct dlt_event event = dlt_event_here(kind, &open, sizeof(open));

	dlt_event_add(&event, stack.frames, stack.count * sizeof(stack.frames[0]));
	if (name)
		dlt_event_add(&event, name, open.name_bytes);
	return dlt_emit(&event);
}

__attribute__((noinline)) uint64_t dlt_emit_close(const void *handle, uint32_t generation)
{
	struct dlt_stack stack;
	struct dlt_wire_dlclose close = {
		.handle = (uint64_t)(uintptr_t)handle,
		.generation = generation,
		.stack = capture(&stack),
	};
	struct dlt_event event = dlt_event_here(DLT_WIRE_DLCLOSE, &close, sizeof(close));

	dlt_event_add(&event, stack.frames, stack.count * sizeof(stack.frames[0]));
	return dlt_emit(&event);
}

__attribute__((noinline)) uint64_t dlt_emit_exit(int status, uint32_t how)
{
	struct dlt_stack stack;
	struct dlt_wire_exit exit = { .status = status, .how = how, .stack = capture(&stack) };
	struct dlt_event event = dlt_event_here(DLT_WIRE_EXIT, &exit, sizeof(exit));

	dlt_event_add(&event, stack.frames, stack.count * sizeof(stack.frames[0]));
	return dlt_emit(&event);
}

__attribute__((noinline)) uint64_t dlt_emit_thread(uint64_t function, uint64_t argument,
						   uint32_t generation)
{
	struct dlt_stack stack;
	struct dlt_wire_thread thread = {
		.function = function,
		.argument = argument,
		.generation = generation,
		.stack = capture(&stack),
	};
	struct dlt_event event = dlt_event_here(DLT_WIRE_THREAD, &thread, sizeof(thread));

	dlt_event_add(&event, stack.frames, stack.count * sizeof(stack.frames[0]));
	return dlt_emit(&event);
}

uint64_t dlt_emit_register_only(struct dlt_wire_register record, const uint64_t *frames,
				const char *text)
{
	struct dlt_event event = dlt_event_here(DLT_WIRE_REGISTER, &record, sizeof(record));

	record.text_bytes = text ? (uint32_t)strlen(text) : 0;
	dlt_event_add(&event, frames, record.stack.count * sizeof(*frames));
	dlt_event_add(&event, text, record.text_bytes);
	return dlt_emit(&event);
}

__attribute__((noinline)) uint64_t dlt_emit_register(struct dlt_wire_register record,
						     const char *text)
{
	struct dlt_stack stack;

	record.stack = capture(&stack);
	return dlt_emit_register_only(record, stack.frames, text);
}

__attribute__((noinline)) uint64_t dlt_emit_stale(struct dlt_wire_stale record, const char *name)
{
	struct dlt_stack stack;
	struct dlt_event event = dlt_event_here(DLT_WIRE_STALE, &record, sizeof(record));

	record.stack = capture(&stack);
	record.name_bytes = name ? (uint32_t)strlen(name) : 0;
	dlt_event_add(&event, stack.frames, stack.count * sizeof(stack.frames[0]));
	dlt_event_add(&event, name, record.name_bytes);
	return dlt_emit(&event);
}

void dlt_emit_fork(uint64_t child_stream)
{
	struct dlt_wire_fork fork = { .child_stream = child_stream };
	struct dlt_event event = dlt_event_here(DLT_WIRE_FORK, &fork, sizeof(fork));

	dlt_emit(&event);
}

void dlt_emit_end(uint64_t seq, uint64_t result, uint32_t generation, const char *text)
{
	struct dlt_wire_end end = {
		.result = result,
		.generation = generation,
		.text_bytes = text ? (uint32_t)strlen(text) : 0,
	};
	struct dlt_event event = {
		.kind = DLT_WIRE_END,
		.phase = dlt_scope_top ? dlt_scope_top->phase : DLT_WIRE_PHASE_NONE,
		.parent = seq,
	};

	if (!seq || dlt_process_notice_copy())
		return; /* it began in the process that this one was forked from */
	dlt_event_add(&event, &end, sizeof(end));
	dlt_event_add(&event, text, end.text_bytes);
	dlt_emit(&event);
}
