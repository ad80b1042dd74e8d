/* SPDX-License-Identifier: Apache-2.0 */
/* Spill files in shared mappings; see segment.h. */
#include "segment.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dltrace_wire.h"
#include "process.h"
#include "quiet.h"
#include "spill.h"
#include "system.h"
#include "text.h"

enum {
	FIRST_BYTES = 32 << 10,	 /* of a program's first file: many need no other */
	FORKED_BYTES = 16 << 10, /* the same of a forked child: most only execute a program */
	GROWTH = 4,		 /* each is larger than the one before, up to */
	MOST_BYTES = 1 << 20,
	/* Kept free for what ends a file: DLT_WIRE_SPILL_END, or a LOST record. */
	TAIL_BYTES = sizeof(struct dlt_wire_header) + sizeof(struct dlt_wire_lost),
	MAPPED_MAX = 64,
	WAITS_MAX = 1000,
	TIMEOUTS_MAX = 1000,
};

/*
 * A mapped file. Every record adds its size to the balance once it is written, and the thread that
 * fills the file subtracts what was given out: who makes it zero is the last one, and unmaps it.
 */
struct segment {
	char *memory;
	uint32_t bytes;	  /* of the mapping */
	uint32_t records; /* bytes that records can have */
	_Atomic int64_t balance;
};

static struct segment segments[MAPPED_MAX];

/*
 * Where the next record goes: the number of the segment, from 1, in the upper half, and the place
 * in it. One addition reserves room. The thread whose record is the first that does not fit makes
 * the next segment.
 */
static _Atomic uint64_t place;
static atomic_bool hopeless, sealed;
static _Atomic uint32_t timeouts;	  /* of threads that waited for the next segment */
static _Atomic uint32_t files;		  /* made so far */
static uint32_t next_bytes = FIRST_BYTES; /* of the next one */
static _Atomic(char *) reserve;		  /* a mapped file of MOST_BYTES */
static _Atomic(_Atomic uint64_t *) lost;  /* in a mapped file: records that went nowhere */

void dlt_segment_forked(void)
{
	memset(segments, 0, sizeof(segments));
	atomic_store(&files, 0);
	next_bytes = FORKED_BYTES;
	atomic_store(&reserve, NULL);
	atomic_store(&lost, NULL);
	atomic_store(&place, 0);
	atomic_store(&hopeless, false);
	atomic_store(&timeouts, 0);
}

/* MARK: files */

/*
 * Room on the disk for all of the file: without it a store into the mapping would be a SIGBUS. A
 * limit of the program's for the size of files raises SIGXFSZ, which it must not see.
 */
static bool allocate(int fd, uint32_t bytes)
{
	static const char zeros[4096];
	uint64_t too_large = dlt_signal_bit(SIGXFSZ);
	struct dlt_quiet quiet = dlt_quiet_begin(too_large);
	long result = dlt_allocate(fd, bytes);

	if (result == -EOPNOTSUPP || result == -ENOSYS)
		for (uint32_t at = 0; at < bytes; at += (uint32_t)result) {
			result = dlt_write(fd, zeros, sizeof(zeros));
			if (result <= 0)
				break;
		}
	dlt_quiet_end(&quiet, result == -EFBIG ? too_large : 0);
	return result >= 0;
}

/* NULL where there is no room or no right to it. */
static char *map_new_file(uint32_t bytes)
{
	char digits[24], suffix[32] = "", *memory = NULL;
	uint32_t file;
	int fd;

	if (sealed)
		return NULL;
	file = atomic_fetch_add(&files, 1);
	if (file)
		dlt_text_join(suffix, sizeof(suffix), "-", dlt_text_number(digits, file, 10, 1),
			      "");
	fd = dlt_spill_open(suffix, O_EXCL);
	if (fd < 0)
		return NULL;
	if (allocate(fd, bytes))
		memory = dlt_map_file(fd, bytes, file > 0);
	dlt_close(fd);
	if (!memory)
		dlt_spill_remove(suffix);
	return memory;
}

/* MARK: segments */

static void settle(struct segment *segment, int64_t change)
{
	if (atomic_fetch_add(&segment->balance, change) + change)
		return;
	if (!sealed)
		dlt_munmap((uint64_t)(uintptr_t)segment->memory, segment->bytes);
	segment->memory = NULL;
}

static void put(struct segment *segment, uint32_t offset, const void *record, size_t size)
{
	char *to = segment->memory + offset;

	/* The magic number comes last: a reader that finds it finds a whole record. */
	memcpy(to + sizeof(uint32_t), (const char *)record + sizeof(uint32_t),
	       size - sizeof(uint32_t));
	atomic_store_explicit((_Atomic uint32_t *)to, *(const uint32_t *)record,
			      memory_order_release);
}

/* Marks a file full of which `used` bytes were given out. */
static void end(struct segment *segment, uint32_t used)
{
	if (!segment->memory)
		return; /* there was none before the first */
	atomic_store_explicit((_Atomic uint32_t *)(segment->memory + used), DLT_WIRE_SPILL_END,
			      memory_order_release);
	settle(segment, -(int64_t)used);
}

/*
 * Ends a file that none can follow with a LOST record, whose count goes on: there is room on the
 * disk for that much, whatever else is full. A reader takes it once the process is gone.
 */
static void end_for_good(struct segment *segment, uint32_t used)
{
	struct {
		struct dlt_wire_header header;
		struct dlt_wire_lost body;
	} record = {
		.header = {
			.magic = DLT_WIRE_MAGIC,
			.version = DLT_WIRE_VERSION,
			.kind = DLT_WIRE_LOST,
			.length = sizeof(record),
			.parts = 1,
			.pid = dlt_process.pid,
			.tid = dlt_thread_id(),
			.stream = dlt_process.stream,
			.seq = atomic_fetch_add(&dlt_process.last_seq, 1) + 1,
			.time_ns = dlt_now_ns(),
		},
	};

	put(segment, used, &record, sizeof(record));
	atomic_store(&lost, (_Atomic uint64_t *)(segment->memory + used +
						 offsetof(typeof(record), body.records)));
}

/* The segment after `number`, with the record as its first; false where there can be none. */
static bool go_on(uint32_t number, uint32_t used, const void *record, size_t size)
{
	struct segment *segment = &segments[(number + 1) % MAPPED_MAX];
	uint32_t next = number + 1, bytes = MOST_BYTES;
	char *memory = atomic_exchange(&reserve, NULL);

	/* A thread that was taken off in the middle of a record (longjmp) keeps its file mapped. */
	while (segment->memory && next - number < MAPPED_MAX)
		segment = &segments[++next % MAPPED_MAX];
	if (segment->memory)
		memory = NULL; /* as many threads as that: give up */
	else if (!memory)
		memory = map_new_file(bytes = next_bytes);
	if (!memory) {
		if (segments[number % MAPPED_MAX].memory)
			end_for_good(&segments[number % MAPPED_MAX], used);
		atomic_store(&hopeless, true);
		return false;
	}
	end(&segments[number % MAPPED_MAX], used);
	next_bytes = MOST_BYTES;
	segment->memory = memory;
	segment->bytes = bytes;
	segment->records = bytes - TAIL_BYTES;
	atomic_store(&segment->balance, 0);
	put(segment, 0, record, size);
	atomic_fetch_add(&segment->balance, (int64_t)size);
	atomic_store(&place, (uint64_t)next << 32 | size);
	return true;
}

void dlt_segment_reserve(void)
{
	char *memory, *none = NULL;

	if (atomic_load(&reserve) || atomic_load(&hopeless))
		return;
	memory = map_new_file(MOST_BYTES);
	if (memory && !atomic_compare_exchange_strong(&reserve, &none, memory))
		dlt_munmap((uint64_t)(uintptr_t)memory, MOST_BYTES);
}

void dlt_segment_seal(void)
{
	atomic_store(&sealed, true);
}

void dlt_segment_count_lost(void)
{
	_Atomic uint64_t *count = atomic_load(&lost);

	if (count)
		atomic_fetch_add(count, 1);
}

/* Waits until another thread has made the segment after `number`. */
static bool wait_for_next(uint32_t number)
{
	for (int i = 0; i < WAITS_MAX && !atomic_load(&hopeless); i++) {
		if (atomic_load(&place) >> 32 != number)
			return true;
		dlt_yield();
	}
	/*
	 * Or it is this thread itself, in whose middle a signal came, whose handler may never
	 * return (longjmp): then nobody makes the next one.
	 */
	if (atomic_fetch_add(&timeouts, 1) >= TIMEOUTS_MAX)
		atomic_store(&hopeless, true);
	return false;
}

bool dlt_segment_write(const void *record, size_t size)
{
	while (!atomic_load_explicit(&hopeless, memory_order_relaxed)) {
		uint64_t at = atomic_fetch_add(&place, size);
		uint32_t number = (uint32_t)(at >> 32), offset = (uint32_t)at;
		struct segment *segment = &segments[number % MAPPED_MAX];

		if (number && offset + size <= segment->records) {
			put(segment, offset, record, size);
			settle(segment, (int64_t)size);
			return true;
		}
		if (number ? offset <= segment->records : !offset)
			return go_on(number, offset, record, size);
		if (!wait_for_next(number))
			return false;
	}
	return false;
}
