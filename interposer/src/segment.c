/* SPDX-License-Identifier: Apache-2.0 */
/* Spill files in shared mappings; see segment.h. */
#include "segment.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>

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
struct dlt_segment {
	char *memory;
	uint32_t bytes;	  /* of the mapping */
	uint32_t records; /* bytes that records can have */
	_Atomic int64_t balance;
};

static struct dlt_segment segments[MAPPED_MAX];

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
 * Room on the disk for all of the file: without it a store into the mapping would be a SIGBUS.
 * Written rather than allocated: a page that is in memory already, as part of a large folio, costs
 * a third of one that the mapping brings in (Linux 6.18, ext4), and the disk nothing as long as the
 * file is young. A limit of the program's for the size of files raises SIGXFSZ, which it must not
 * see.
 */
static bool allocate(int fd, uint32_t bytes)
{
	enum { AT_ONCE = 64 };
	static const char zeros[4096];
	uint64_t too_large = dlt_signal_bit(SIGXFSZ);
	struct dlt_quiet quiet = dlt_quiet_begin(too_large);
	struct iovec pieces[AT_ONCE];
	long written = 1;

	for (unsigned i = 0; i < AT_ONCE; i++)
		pieces[i] = (struct iovec){ (void *)(uintptr_t)zeros, sizeof(zeros) };
	for (uint32_t left = bytes; left > 0 && written > 0; left -= (uint32_t)written) {
		uint32_t count = left / sizeof(zeros);

		written = dlt_write_pieces(fd, pieces, count < AT_ONCE ? count : AT_ONCE);
	}
	dlt_quiet_end(&quiet, written == -EFBIG ? too_large : 0);
	return written > 0;
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
		memory = dlt_map_file(fd, bytes);
	dlt_close(fd);
	if (!memory)
		dlt_spill_remove(suffix);
	return memory;
}

/* MARK: segments */

static void settle(struct dlt_segment *segment, int64_t change)
{
	if (atomic_fetch_add(&segment->balance, change) + change)
		return;
	if (!sealed)
		dlt_munmap((uint64_t)(uintptr_t)segment->memory, segment->bytes);
	segment->memory = NULL;
}

static void set_first_word(char *at, uint32_t word)
{
	atomic_store_explicit((_Atomic uint32_t *)at, word, memory_order_release);
}

void dlt_segment_give(const struct dlt_room *room, uint32_t magic)
{
	set_first_word(room->memory, magic);
	settle(room->segment, (int64_t)room->size);
}

/* Marks a file full of which `used` bytes were given out. */
static void end(struct dlt_segment *segment, uint32_t used)
{
	if (!segment->memory)
		return; /* there was none before the first */
	set_first_word(segment->memory + used, DLT_WIRE_SPILL_END);
	settle(segment, -(int64_t)used);
}

/*
 * Ends a file that none can follow with a LOST record, whose count goes on: there is room on the
 * disk for that much, whatever else is full. A reader takes it once the process is gone.
 */
static void end_for_good(struct dlt_segment *segment, uint32_t used)
{
	struct {
		struct dlt_wire_header header;
		struct dlt_wire_lost body;
	} record = {
		.header = {
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

	memcpy(segment->memory + used, &record, sizeof(record));
	set_first_word(segment->memory + used, DLT_WIRE_MAGIC);
	atomic_store(&lost, (_Atomic uint64_t *)(segment->memory + used +
						 offsetof(typeof(record), body.records)));
}

static bool give_out(struct dlt_room *room, struct dlt_segment *segment, uint32_t offset,
		     size_t size)
{
	*room = (struct dlt_room){ segment->memory + offset, size, segment };
	return true;
}

/* The segment after `number`, with room for its first record; false where there can be none. */
static bool go_on(uint32_t number, uint32_t used, struct dlt_room *room, size_t size)
{
	struct dlt_segment *segment = &segments[(number + 1) % MAPPED_MAX];
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
	next_bytes = bytes < MOST_BYTES / GROWTH ? bytes * GROWTH : MOST_BYTES;
	segment->memory = memory;
	segment->bytes = bytes;
	segment->records = bytes - TAIL_BYTES;
	atomic_store(&segment->balance, 0);
	atomic_store(&place, (uint64_t)next << 32 | size);
	return give_out(room, segment, 0, size);
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

bool dlt_segment_take(struct dlt_room *room, size_t size)
{
	while (!atomic_load_explicit(&hopeless, memory_order_relaxed)) {
		uint64_t at = atomic_fetch_add(&place, size);
		uint32_t number = (uint32_t)(at >> 32), offset = (uint32_t)at;
		struct dlt_segment *segment = &segments[number % MAPPED_MAX];

		if (number && offset + size <= segment->records)
			return give_out(room, segment, offset, size);
		if (number ? offset <= segment->records : !offset)
			return go_on(number, offset, room, size);
		if (!wait_for_next(number))
			return false;
	}
	return false;
}
