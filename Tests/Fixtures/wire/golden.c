/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the golden bytes: one file a record kind, built from the structs of dltrace_wire.h alone,
 * and the same in every run. Usage: golden FOLDER. DLTraceWireTests compares what it writes with
 * the files in v1/, and what the decoder makes of them with the texts beside them.
 *
 * Nothing of the interposer may be used here: these are the bytes that it must write, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dltrace_wire.h"

#define GOLDEN_STREAM 0x0123456789abcdefu

struct golden_body {
	unsigned char bytes[DLT_WIRE_RECORD_MAX * 4];
	size_t size;
};

static const char *folder;
static uint64_t seq;

static void add(struct golden_body *body, const void *bytes, size_t size)
{
	memcpy(body->bytes + body->size, bytes, size);
	body->size += size;
}

static void add_text(struct golden_body *body, const char *text)
{
	add(body, text, strlen(text));
}

static void add_frames(struct golden_body *body, uint64_t first, uint16_t count)
{
	for (uint16_t i = 0; i < count; i++) {
		uint64_t frame = first + 0x10u * i;

		add(body, &frame, sizeof(frame));
	}
}

/* Writes a record of at most `room` bytes of body a part, and appends it to the file `name`. */
static void write_record(const char *name, struct dlt_wire_header header,
			 const struct golden_body *body, size_t room)
{
	size_t parts = body->size == 0 ? 1 : (body->size + room - 1) / room;
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.bin", folder, name);
	file = fopen(path, "ab");
	if (file == NULL) {
		perror(path);
		exit(1);
	}
	for (size_t part = 0; part < parts; part++) {
		static const unsigned char zeros[DLT_WIRE_ALIGN];
		size_t start = part * room;
		size_t size = body->size - start < room ? body->size - start : room;
		size_t padding = (DLT_WIRE_ALIGN - size % DLT_WIRE_ALIGN) % DLT_WIRE_ALIGN;

		header.magic = DLT_WIRE_MAGIC;
		header.version = DLT_WIRE_VERSION;
		header.length = (uint32_t)(sizeof(header) + size + padding);
		header.part = (uint16_t)part;
		header.parts = (uint16_t)parts;
		header.body_padding = (uint16_t)padding;
		fwrite(&header, sizeof(header), 1, file);
		fwrite(body->bytes + start, 1, size, file);
		fwrite(zeros, 1, padding, file);
	}
	if (fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

static struct dlt_wire_header header(enum dlt_wire_kind kind)
{
	seq++;
	return (struct dlt_wire_header){
		.kind = (uint16_t)kind,
		.pid = 4711,
		.tid = 4712,
		.stream = GOLDEN_STREAM,
		.seq = seq,
		.time_ns = 1000000000u + seq,
	};
}

static void write_hello(const char *name, uint64_t parent_stream, uint64_t parent_seq)
{
	static const char arguments[] = "prog\0--flag\0\0caf\xc3\xa9\xff";
	struct golden_body body = { 0 };
	struct dlt_wire_hello hello = {
		.realtime_ns = 1700000000123456789u,
		.parent_stream = parent_stream,
		.parent_seq = parent_seq,
		.ppid = 4000,
		.flags = DLT_WIRE_HELLO_NO_IDENTITY | DLT_WIRE_HELLO_NO_FAULTS,
		.executable_bytes = (uint32_t)strlen("/usr/bin/prog"),
		.arguments_bytes = sizeof(arguments),
		.version_bytes = (uint32_t)strlen("0.1.0"),
	};

	add(&body, &hello, sizeof(hello));
	add_text(&body, "/usr/bin/prog");
	add(&body, arguments, sizeof(arguments));
	add_text(&body, "0.1.0");
	write_record(name, header(DLT_WIRE_HELLO), &body, DLT_WIRE_RECORD_MAX - 64);
}

static void write_load(const char *name, size_t room)
{
	static const unsigned char build_id[] = { 0x00, 0x9f, 0xff, 0x10, 0x20 };
	static const char needed[] = "libstdc++.so.6\0libc.so.6";
	struct golden_body body = { 0 };
	struct dlt_wire_load load = {
		.link_map = 0x55550000aaa0u,
		.base = 0x7f0000000000u,
		.start = 0x7f0000000000u,
		.end = 0x7f0000005000u,
		.generation = 7,
		.flags_1 = 8,
		.lmid = 1,
		.origin = DLT_WIRE_ORIGIN_FILE,
		.properties = DLT_WIRE_HAS_UNIQUE | DLT_WIRE_HAS_TLS | DLT_WIRE_HAS_INIT |
			      DLT_WIRE_HAS_FINI | DLT_WIRE_AT_START | DLT_WIRE_UNSEEN_FINI |
			      DLT_WIRE_HAS_SYMBOLIC,
		.path_bytes = (uint32_t)strlen("/opt/lib/libplug.so"),
		.soname_bytes = (uint32_t)strlen("libplug.so.1"),
		.build_id_bytes = sizeof(build_id),
		.needed_bytes = sizeof(needed),
	};

	add(&body, &load, sizeof(load));
	add_text(&body, "/opt/lib/libplug.so");
	add_text(&body, "libplug.so.1");
	add(&body, build_id, sizeof(build_id));
	add(&body, needed, sizeof(needed));
	write_record(name, header(DLT_WIRE_LOAD), &body, room);
}

static void write_open(const char *file, enum dlt_wire_kind kind, const char *name, int64_t lmid,
		       uint16_t frames)
{
	struct golden_body body = { 0 };
	struct dlt_wire_dlopen open = {
		.lmid = lmid,
		.flags = 0x102,
		.name_bytes = name == NULL ? DLT_WIRE_NO_NAME : (uint32_t)strlen(name),
		.stack = { .count = frames, .flags = frames == 128 ? DLT_WIRE_STACK_TRUNCATED : 0 },
	};

	add(&body, &open, sizeof(open));
	add_frames(&body, 0x400100, frames);
	if (name != NULL)
		add_text(&body, name);
	write_record(file, header(kind), &body, DLT_WIRE_RECORD_MAX - 64);
}

static void write_plain(const char *name, enum dlt_wire_kind kind, enum dlt_wire_phase phase,
			uint64_t parent, const void *bytes, size_t size, uint16_t frames,
			const char *text)
{
	struct golden_body body = { 0 };
	struct dlt_wire_header head = header(kind);

	head.phase = (uint16_t)phase;
	head.parent = parent;
	add(&body, bytes, size);
	add_frames(&body, 0x400100, frames);
	add_text(&body, text);
	write_record(name, head, &body, DLT_WIRE_RECORD_MAX - 64);
}

#define PLAIN(name, kind, phase, parent, frames, text, ...) \
	write_plain(name, kind, phase, parent, &(__VA_ARGS__), sizeof(__VA_ARGS__), frames, text)

static void write_registrations(void)
{
	PLAIN("register-tls-key", DLT_WIRE_REGISTER, DLT_WIRE_PHASE_CONSTRUCTOR, 6, 2, "",
	      (struct dlt_wire_register){
		      .address = 0x7f0000001234u,
		      .number = 5,
		      .generation = 7,
		      .type = DLT_WIRE_REF_TLS_KEY,
		      .stack = { .count = 2, .flags = DLT_WIRE_STACK_ENCLOSED },
	      });
	PLAIN("register-signal", DLT_WIRE_REGISTER, DLT_WIRE_PHASE_NONE, 0, 0, "",
	      (struct dlt_wire_register){
		      .address = 1,
		      .number = 15,
		      .type = DLT_WIRE_REF_SIGNAL,
	      });
	PLAIN("register-exit-handler", DLT_WIRE_REGISTER, DLT_WIRE_PHASE_NONE, 0, 1, "",
	      (struct dlt_wire_register){
		      .address = 0x7f0000001234u,
		      .argument = 0x7f0000004000u,
		      .dso_handle = 0x7f0000004010u,
		      .generation = 7,
		      .type = DLT_WIRE_REF_EXIT_HANDLER,
		      .stack = { .count = 1 },
	      });
	PLAIN("register-environ", DLT_WIRE_REGISTER, DLT_WIRE_PHASE_NONE, 0, 1, "PLUGIN_HOME",
	      (struct dlt_wire_register){
		      .address = 0x7f0000004020u,
		      .generation = 7,
		      .type = DLT_WIRE_REF_ENVIRON,
		      .text_bytes = 11,
		      .stack = { .count = 1 },
	      });
}

static void write_threads(void)
{
	PLAIN("thread", DLT_WIRE_THREAD, DLT_WIRE_PHASE_CONSTRUCTOR, 6, 3, "",
	      (struct dlt_wire_thread){
		      .function = 0x7f0000001500u,
		      .argument = 0x7f0000004000u,
		      .generation = 7,
		      .stack = { .count = 3, .flags = DLT_WIRE_STACK_BROKEN },
	      });
	PLAIN("thread-start", DLT_WIRE_THREAD_START, DLT_WIRE_PHASE_NONE, 0, 0, "",
	      (struct dlt_wire_thread_start){
		      .thread_seq = 26,
		      .function = 0x7f0000001500u,
		      .generation = 7,
	      });
}

static void write_left(void)
{
	PLAIN("left-thread-stack", DLT_WIRE_LEFT, DLT_WIRE_PHASE_NONE, 10, 4, "",
	      (struct dlt_wire_left){
		      .address = 0x7f0000001510u,
		      .number = 4713,
		      .registered_seq = 26,
		      .registered_stream = 0xfedcba9876543210u,
		      .generation = 7,
		      .type = DLT_WIRE_REF_THREAD_STACK,
		      .stack = { .count = 4, .flags = DLT_WIRE_STACK_EXACT },
	      });
	PLAIN("left-environ", DLT_WIRE_LEFT, DLT_WIRE_PHASE_NONE, 10, 0, "PLUGIN_HOME",
	      (struct dlt_wire_left){
		      .address = 0x7f0000004020u,
		      .registered_seq = 25,
		      .registered_stream = GOLDEN_STREAM,
		      .generation = 7,
		      .type = DLT_WIRE_REF_ENVIRON,
		      .text_bytes = 11,
	      });
	PLAIN("left-pointer", DLT_WIRE_LEFT, DLT_WIRE_PHASE_NONE, 10, 0, "",
	      (struct dlt_wire_left){
		      .address = 0x7f0000001234u,
		      .holder = 0x600010u,
		      .generation = 7,
		      .holder_generation = 1,
		      .type = DLT_WIRE_REF_POINTER,
	      });
}

int main(int argc, char **argv)
{
	static char long_name[6001];

	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 64;
	}
	folder = argv[1];
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[0] = '/';

	write_hello("hello", 0, 0);
	write_hello("hello-forked", 0xfedcba9876543210u, 12);
	write_load("load", DLT_WIRE_RECORD_MAX - 64);
	write_load("load-parts", 64);
	PLAIN("unload", DLT_WIRE_UNLOAD, DLT_WIRE_PHASE_NONE, 9, 0, "",
	      (struct dlt_wire_unload){ .generation = 7 });
	write_open("dlopen", DLT_WIRE_DLOPEN, "libplug.so", 0, 3);
	write_open("dlopen-null", DLT_WIRE_DLOPEN, NULL, 0, 0);
	write_open("dlopen-long", DLT_WIRE_DLOPEN, long_name, 0, 128);
	write_open("dlmopen", DLT_WIRE_DLMOPEN, "", -1, 1);
	PLAIN("dlclose", DLT_WIRE_DLCLOSE, DLT_WIRE_PHASE_EXIT_HANDLERS, 3, 2, "",
	      (struct dlt_wire_dlclose){
		      .handle = 0x55550000aaa0u,
		      .generation = 7,
		      .stack = { .count = 2,
				 .flags = DLT_WIRE_STACK_ENCLOSED | DLT_WIRE_STACK_BROKEN },
	      });
	PLAIN("fini", DLT_WIRE_FINI, DLT_WIRE_PHASE_DLCLOSE, 10, 0, "",
	      (struct dlt_wire_fini){ .generation = 7, .flags = DLT_WIRE_FINI_DEDUCED });
	PLAIN("function", DLT_WIRE_FUNCTION, DLT_WIRE_PHASE_THREAD_EXIT, 11, 0, "",
	      (struct dlt_wire_function){
		      .function = 0x7f0000001234u,
		      .argument = 0x7f0000004000u,
		      .dso_handle = 0x7f0000004010u,
		      .generation = 7,
		      .type = DLT_WIRE_THREAD_LOCAL,
	      });
	PLAIN("end", DLT_WIRE_END, DLT_WIRE_PHASE_CONSTRUCTOR, 6, 0, "",
	      (struct dlt_wire_end){ .result = 0x55550000aaa0u, .generation = 7 });
	PLAIN("end-failed", DLT_WIRE_END, DLT_WIRE_PHASE_NONE, 6, 0, "libx.so: cannot open",
	      (struct dlt_wire_end){ .text_bytes = 20 });
	PLAIN("exit", DLT_WIRE_EXIT, DLT_WIRE_PHASE_NONE, 0, 2, "",
	      (struct dlt_wire_exit){
		      .status = -1, .how = DLT_WIRE_EXIT_CALL, .stack = { .count = 2 } });
	PLAIN("fault", DLT_WIRE_FAULT, DLT_WIRE_PHASE_EXIT_FINI, 0, 4, "",
	      (struct dlt_wire_fault){
		      .signal = 11,
		      .code = -6,
		      .address = 0xffffffffffffffffu,
		      .pc = 0x7f0000001300u,
		      .sp = 0x7ffc00001000u,
		      .stack = { .count = 4, .flags = DLT_WIRE_STACK_EXACT },
	      });
	PLAIN("fork", DLT_WIRE_FORK, DLT_WIRE_PHASE_NONE, 0, 0, "",
	      (struct dlt_wire_fork){ .child_stream = 0xfedcba9876543210u });
	PLAIN("lost", DLT_WIRE_LOST, DLT_WIRE_PHASE_NONE, 0, 0, "",
	      (struct dlt_wire_lost){ .records = 18 });
	PLAIN("bye", DLT_WIRE_BYE, DLT_WIRE_PHASE_NONE, 0, 0, "",
	      (struct dlt_wire_bye){ .status = 256, .how = DLT_WIRE_EXIT_NOW });
	PLAIN("init", DLT_WIRE_INIT, DLT_WIRE_PHASE_CONSTRUCTOR, 10, 0, "",
	      (struct dlt_wire_fini){ .generation = 7 });
	write_registrations();
	write_threads();
	write_left();
	PLAIN("stale", DLT_WIRE_STALE, DLT_WIRE_PHASE_NONE, 0, 2, "plugin_run",
	      (struct dlt_wire_stale){
		      .handle = 0x55550000aaa0u,
		      .generation = 7,
		      .function = DLT_WIRE_STALE_DLVSYM,
		      .name_bytes = 10,
		      .stack = { .count = 2 },
	      });
	PLAIN("stayed", DLT_WIRE_STAYED, DLT_WIRE_PHASE_NONE, 10, 0, "_ZZ3onevE5table",
	      (struct dlt_wire_stayed){
		      .generation = 7,
		      .holder_generation = 1,
		      .reason = DLT_WIRE_REASON_UNIQUE,
		      .symbol_bytes = 15,
	      });
	return 0;
}
