/* SPDX-License-Identifier: Apache-2.0 */
/* Spill files in shared mappings; see segment.h. */
#include "segment.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../arch/arch.h"
#include "descriptor.h"
#include "dltrace_wire.h"
#include "lost.h"
#include "process.h"
#include "spill.h"
#include "system.h"
#include "text.h"

enum {
	FIRST_BYTES = 32 << 10,	 /* of a program's first file: many need no other */
	FORKED_BYTES = 16 << 10, /* the same of a forked child: most only execute a program */
	GROWTH = 4,		 /* each is larger than the one before, up to */
	MOST_BYTES = 1 << 20,	 /* more than an event can have */
	/* Kept free for what ends a file: DLT_WIRE_SPILL_END, or a LOST record. */
	TAIL_BYTES = DLT_LOST_BYTES,
	MAPPED_MAX = 64,
	YIELDS_MAX = 1000,
	SLEEPS_MAX = 100, /* of 1 ms */
	TIMEOUTS_MAX = 8,
};

/*
 * A mapped file. Every record adds its size to the balance once it is written, and the thread that
 * fills the file subtracts what was given out: who makes it zero is the last one, and unmaps it.
 */
struct dlt_segment {
	char *memory;
	uint32_t bytes;	       /* of the mapping */
	_Atomic uint32_t kept; /* bytes that are the file's: behind them it was cut short */
	uint32_t records;      /* bytes that records can have */
	uint32_t file;	       /* its number */
	bool is_removed;       /* by somebody, or cut short, although it was not full */
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
static _Atomic uint32_t maker;		  /* the thread that makes the next segment */
static _Atomic uint32_t timeouts;	  /* of threads that waited for the next segment */
static _Atomic uint32_t files;		  /* made so far */
static uint32_t next_bytes = FIRST_BYTES; /* of the next one */
static _Atomic(char *) reserve;		  /* a mapped file of MOST_BYTES */
static _Atomic uint32_t reserve_file;	  /* its number */

void dlt_segment_forked(void)
{
	memset(segments, 0, sizeof(segments));
	atomic_store(&files, 0);
	next_bytes = FORKED_BYTES;
	atomic_store(&reserve, NULL);
	atomic_store(&place, 0);
	atomic_store(&hopeless, false);
	atomic_store(&maker, 0);
	atomic_store(&timeouts, 0);
}

/* MARK: files */

/* What tells the name of a file from those of the process's other ones. */
static const char *suffix_of(uint32_t file, char suffix[32])
{
	char digits[24];

	suffix[0] = 0;
	if (file)
		dlt_text_join(suffix, 32, "-", dlt_text_number(digits, file, 10, 1), "");
	return suffix;
}

/*
 * The descriptor of a new file with room for all of it, -1 where there is none or no right to it.
 */
static int new_file(uint32_t *file, uint32_t bytes)
{
	char suffix[32];
	int fd;

	if (sealed)
		return -1;
	*file = atomic_fetch_add(&files, 1);
	fd = dlt_spill_open(suffix_of(*file, suffix), O_EXCL);
	if (fd < 0)
		return -1;
	if (dlt_spill_allocate(fd, bytes))
		return fd;
	dlt_close(fd);
	dlt_spill_remove(suffix);
	return -1;
}

static char *map_new_file(uint32_t *file, uint32_t bytes)
{
	char suffix[32], *memory;
	int fd = new_file(file, bytes);

	if (fd < 0)
		return NULL;
	memory = dlt_map_file(fd, bytes);
	dlt_close(fd);
	if (memory)
		dlt_keep_from_children(memory, bytes);
	else
		dlt_spill_remove(suffix_of(*file, suffix));
	return memory;
}

/* MARK: segments */

/* What was in a file that somebody removed. */
static void write_again(const struct dlt_segment *segment)
{
	uint32_t file;
	int fd = new_file(&file, segment->bytes);

	if (fd < 0)
		return;
	dlt_write_at(fd, segment->memory, segment->bytes, 0);
	dlt_close(fd);
}

static void settle(struct dlt_segment *segment, int64_t change)
{
	if (atomic_fetch_add(&segment->balance, change) + change)
		return;
	if (segment->is_removed)
		write_again(segment);
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

static bool give_out(struct dlt_room *room, struct dlt_segment *segment, uint32_t offset,
		     size_t size)
{
	*room = (struct dlt_room){ segment->memory + offset, size, segment };
	return true;
}

static bool is_there(const struct dlt_segment *segment)
{
	char suffix[32];

	if (atomic_load(&segment->kept) < segment->bytes)
		return false;
	/* With other rights or another root folder it can't be told. */
	return sealed || dlt_descriptor_keeps_always() ||
	       dlt_spill_is_there(suffix_of(segment->file, suffix));
}

/* Of a file with room for a record of `size`. */
static uint32_t bytes_for(size_t size)
{
	uint32_t bytes = next_bytes;

	while (bytes - TAIL_BYTES < size)
		bytes *= GROWTH;
	return bytes < MOST_BYTES ? bytes : MOST_BYTES;
}

/* The segment after `number`, with room for its first record; false where there can be none. */
static bool go_on(uint32_t number, uint32_t used, struct dlt_room *room, size_t size)
{
	struct dlt_segment *before = &segments[number % MAPPED_MAX];
	struct dlt_segment *segment = &segments[(number + 1) % MAPPED_MAX];
	uint32_t next = number + 1, bytes = MOST_BYTES, file = atomic_load(&reserve_file);
	char *memory;

	atomic_store(&maker, dlt_thread_id());
	/* As long as it is not full, no reader removes it. */
	before->is_removed = before->memory && !is_there(before);
	memory = atomic_exchange(&reserve, NULL);
	/* A thread that was taken off in the middle of a record (longjmp) keeps its file mapped. */
	while (segment->memory && next - number < MAPPED_MAX)
		segment = &segments[++next % MAPPED_MAX];
	if (segment->memory)
		memory = NULL; /* as many threads as that: give up */
	else if (!memory)
		memory = map_new_file(&file, bytes = bytes_for(size));
	if (!memory) {
		/* There is room on the disk for that much, whatever else is full. */
		if (before->memory && !before->is_removed)
			dlt_lost_begin(before->memory + used);
		atomic_store(&hopeless, true);
		return false;
	}
	end(before, used);
	next_bytes = bytes < MOST_BYTES / GROWTH ? bytes * GROWTH : MOST_BYTES;
	segment->memory = memory;
	segment->bytes = bytes;
	atomic_store(&segment->kept, bytes);
	segment->records = bytes - TAIL_BYTES;
	segment->file = file;
	segment->is_removed = false;
	atomic_store(&segment->balance, 0);
	atomic_store(&maker, 0);
	atomic_store(&place, (uint64_t)next << 32 | size);
	return give_out(room, segment, 0, size);
}

void dlt_segment_reserve(void)
{
	char *memory, *none = NULL;
	uint32_t file = 0;

	if (atomic_load(&reserve) || atomic_load(&hopeless))
		return;
	memory = map_new_file(&file, MOST_BYTES);
	atomic_store(&reserve_file, file);
	if (memory && !atomic_compare_exchange_strong(&reserve, &none, memory))
		dlt_munmap((uint64_t)(uintptr_t)memory, MOST_BYTES);
}

void dlt_segment_seal(void)
{
	atomic_store(&sealed, true);
}

bool dlt_segment_is_over(void)
{
	return atomic_load(&hopeless);
}

/* Waits until another thread has made the segment after `number`. */
static bool wait_for_next(uint32_t number)
{
	for (int i = 0; i < YIELDS_MAX + SLEEPS_MAX && !atomic_load(&hopeless); i++) {
		struct pollfd nothing = { .fd = -1 };

		if (atomic_load(&place) >> 32 != number)
			return true;
		/* A signal came in the middle of making it: its handler may never return. */
		if (atomic_load(&maker) == dlt_thread_id())
			return false;
		if (i < YIELDS_MAX)
			dlt_yield();
		else
			dlt_poll(&nothing, 1);
	}
	if (atomic_fetch_add(&timeouts, 1) >= TIMEOUTS_MAX)
		atomic_store(&hopeless, true);
	return false;
}

/* Makes the next segment before this one is full. */
static void leave(void)
{
	uint64_t at = atomic_fetch_add(&place, MOST_BYTES);
	struct dlt_room none;

	if ((uint32_t)at <= segments[(at >> 32) % MAPPED_MAX].records)
		go_on((uint32_t)(at >> 32), (uint32_t)at, &none, 0);
}

static struct dlt_segment *current(void)
{
	return &segments[(atomic_load(&place) >> 32) % MAPPED_MAX];
}

void dlt_segment_look_after(void)
{
	const struct dlt_segment *segment = current();

	if (!atomic_load(&hopeless) && segment->memory && !is_there(segment))
		leave();
}

/* How much of the first `most` bytes can still be read. */
static uint32_t readable(const struct dlt_segment *segment, uint32_t most)
{
	uint32_t bytes = 0;
	uint64_t word;

	while (bytes < most && !dlt_read_word(segment->memory + bytes, &word))
		bytes += (uint32_t)dlt_process.page_bytes;
	return bytes;
}

static bool mend(struct dlt_segment *segment, uint32_t offset)
{
	uint32_t page = offset & ~(uint32_t)(dlt_process.page_bytes - 1);
	uint32_t kept = atomic_load(&segment->kept), left;

	do {
		if (offset >= kept)
			return true; /* another thread is at it */
		left = readable(segment, page);
	} while (!atomic_compare_exchange_strong(&segment->kept, &kept, left));
	if (!dlt_map_zeros(segment->memory + left, kept - left))
		return false;
	dlt_keep_from_children(segment->memory + left, kept - left);
	if (segment == current() && !atomic_load(&hopeless))
		leave();
	return true;
}

bool dlt_segment_mend(uint64_t address)
{
	for (size_t i = 0; i < MAPPED_MAX; i++) {
		uint64_t offset = address - (uint64_t)(uintptr_t)segments[i].memory;

		if (segments[i].memory && offset < segments[i].bytes)
			return mend(&segments[i], (uint32_t)offset);
	}
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
