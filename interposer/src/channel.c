/* SPDX-License-Identifier: Apache-2.0 */
/* The pipe and the spill file; see channel.h. */
#include "channel.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "backlog.h"
#include "descriptor.h"
#include "ledger.h"
#include "lost.h"
#include "process.h"
#include "quiet.h"
#include "segment.h"
#include "spill.h"
#include "system.h"
#include "text.h"

enum { WAIT_MS = 10 };

enum mode { MODE_UNCHOSEN, MODE_PIPE, MODE_SPILL, MODE_NOWHERE };

static char pipe_path[PATH_MAX];
static _Atomic int mode;
static _Atomic int patience_ms = DLT_CHANNEL_PATIENCE_MS;
static atomic_flag choosing = ATOMIC_FLAG_INIT;

void dlt_channel_configure(void)
{
	const char *path = dlt_environment("DLTRACE_PIPE");
	const char *runtime = dlt_environment("XDG_RUNTIME_DIR");
	char uid[24];

	if (path && *path)
		dlt_text_join(pipe_path, sizeof(pipe_path), path, "", "");
	else if (runtime && *runtime == '/')
		dlt_text_join(pipe_path, sizeof(pipe_path), runtime, "/dltrace/pipe", "");
	else
		dlt_text_join(pipe_path, sizeof(pipe_path), "/tmp/dltrace-",
			      dlt_text_number(uid, dlt_geteuid(), 10, 1), "/pipe");
	dlt_spill_configure();
}

void dlt_channel_forked(void)
{
	/*
	 * A child keeps writing to the pipe it inherited. A spill file is of one process, unless
	 * others may be out of reach; each record says whose it is.
	 */
	bool shared = atomic_load(&mode) == MODE_PIPE || dlt_descriptor_keeps_always();

	dlt_segment_forked();
	dlt_lost_forked();
	dlt_ledger_forked();
	dlt_descriptor_renew(shared);
	dlt_backlog_clear();
	if (!shared)
		atomic_store(&mode, MODE_UNCHOSEN);
	atomic_store(&patience_ms, DLT_CHANNEL_PATIENCE_MS);
	atomic_flag_clear(&choosing);
}

static int open_pipe(void)
{
	struct stat status = { 0 };
	int fd = dlt_open(pipe_path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, 0);

	if (fd >= 0 && (dlt_fstat(fd, &status) || !S_ISFIFO(status.st_mode) ||
			status.st_uid != dlt_geteuid() || status.st_mode & (S_IWGRP | S_IWOTH) ||
			status.st_nlink > 1)) {
		dlt_close(fd);
		return -EACCES;
	}
	return fd;
}

static int open_spill(void)
{
	return dlt_spill_open("-appended", O_APPEND);
}

/* All numbers are taken, for now. */
static bool is_crowded(int error)
{
	return error == -EMFILE || error == -ENFILE;
}

/* Whether a place is there to write to. */
static bool is_there(int (*open_place)(void))
{
	int fd = dlt_descriptor_borrow(open_place);

	dlt_descriptor_give_back(fd);
	return fd >= 0 || is_crowded(fd);
}

/* Chooses the next place to write to. One thread does it; the others do not wait for it. */
static int choose_next(int from)
{
	int next;

	if (atomic_flag_test_and_set(&choosing))
		return from;
	next = atomic_load(&mode);
	if (next == from) {
		if (from != MODE_UNCHOSEN)
			dlt_descriptor_drop();
		if (from == MODE_UNCHOSEN && is_there(open_pipe))
			next = MODE_PIPE;
		else if (from != MODE_SPILL && is_there(open_spill))
			next = MODE_SPILL;
		else
			next = MODE_NOWHERE;
		if (next == MODE_NOWHERE)
			dlt_debug("no place to write to", dlt_spill_folder());
		atomic_store(&mode, next);
	}
	atomic_flag_clear(&choosing);
	return next;
}

/* write(2) without the signals it can raise. */
static long write_quietly(int fd, const void *bytes, size_t size)
{
	uint64_t no_reader = dlt_signal_bit(SIGPIPE), too_large = dlt_signal_bit(SIGXFSZ);
	struct dlt_quiet quiet = dlt_quiet_begin(no_reader | too_large);
	long written;

	do
		written = dlt_write(fd, bytes, size);
	while (written == -EINTR);
	dlt_quiet_end(&quiet, written == -EPIPE ? no_reader : written == -EFBIG ? too_large : 0);
	return written;
}

/*
 * Waits for room in a full pipe; false when this process's patience has run out. In pieces, since
 * several threads may wait at a time, or one after the other for a lock of the program's.
 */
static bool wait_for_room(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };
	uint64_t start = dlt_now_ns();
	int left = atomic_load(&patience_ms);

	if (left <= 0)
		return false;
	dlt_poll(&room, left < WAIT_MS ? left : WAIT_MS);
	atomic_fetch_sub(&patience_ms, (int)((dlt_now_ns() - start + 999999) / 1000000));
	return true;
}

/* Whether the record went out. */
static bool write_record(int fd, const void *record, size_t size)
{
	for (;;) {
		long written = write_quietly(fd, record, size);

		if (written != -EAGAIN || !wait_for_room(fd))
			return written >= 0;
	}
}

/* Whether the place is to be written to further. */
static bool write_to(int (*open_place)(void), const void *record, size_t size)
{
	int fd = dlt_descriptor_borrow(open_place);
	bool written;

	if (is_crowded(fd)) {
		dlt_backlog_add(record, size);
		return true;
	}
	if (fd < 0)
		return false;
	dlt_backlog_flush(write_record, fd);
	written = write_record(fd, record, size);
	dlt_descriptor_give_back(fd);
	return written;
}

void dlt_channel_write(const void *bytes, size_t size)
{
	int now = atomic_load(&mode);

	if (dlt_segment_is_over()) {
		dlt_ledger_enter();
		dlt_lost_note();
	}
	if (now == MODE_UNCHOSEN)
		now = choose_next(now);
	if (now == MODE_PIPE) {
		if (write_to(open_pipe, bytes, size))
			return;
		dlt_debug("the collector does not read; going on in the spill folder",
			  dlt_spill_folder());
		now = choose_next(now);
	}
	if (now == MODE_SPILL) {
		if (write_to(open_spill, bytes, size))
			return;
		now = choose_next(now);
	}
	/* The collector may have made room by now. */
	if (now == MODE_NOWHERE && !write_to(open_pipe, bytes, size))
		dlt_lost_count();
}

void dlt_channel_keep(void)
{
	int now = atomic_load(&mode);

	dlt_segment_reserve();
	dlt_ledger_keep();
	dlt_descriptor_keep(); /* for the children, which can make no file either */
	if (now == MODE_UNCHOSEN)
		choose_next(now);
	else if (now == MODE_PIPE || now == MODE_SPILL)
		is_there(now == MODE_PIPE ? open_pipe : open_spill);
}

void dlt_channel_seal(void)
{
	dlt_segment_seal();
	dlt_descriptor_seal();
}
