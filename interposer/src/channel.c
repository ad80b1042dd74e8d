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

#include "process.h"
#include "system.h"
#include "text.h"

enum mode { MODE_UNOPENED, MODE_PIPE, MODE_SPILL, MODE_NOWHERE };

/*
 * The descriptor and the file it was opened on: what else has the number is not ours to write to.
 */
struct place {
	int fd;
	dev_t device;
	ino_t inode;
};

static char pipe_path[PATH_MAX], spill_folder[PATH_MAX];
static struct place current = { .fd = -1 };
static _Atomic int mode;
static _Atomic int patience_ms;
static atomic_flag opening = ATOMIC_FLAG_INIT;

void dlt_channel_configure(void)
{
	const char *path = dlt_environment("DLTRACE_PIPE");
	const char *runtime = dlt_environment("XDG_RUNTIME_DIR");
	const char *spill = dlt_environment("DLTRACE_SPILL");
	const char *state = dlt_environment("XDG_STATE_HOME");
	const char *home = dlt_environment("HOME");
	char uid[24];

	if (path && *path)
		dlt_text_join(pipe_path, sizeof(pipe_path), path, "", "");
	else if (runtime && *runtime == '/')
		dlt_text_join(pipe_path, sizeof(pipe_path), runtime, "/dltrace/pipe", "");
	else
		dlt_text_join(pipe_path, sizeof(pipe_path), "/tmp/dltrace-",
			      dlt_text_number(uid, dlt_geteuid(), 10, 1), "/pipe");
	if (spill && *spill)
		dlt_text_join(spill_folder, sizeof(spill_folder), spill, "", "");
	else if (state && *state == '/')
		dlt_text_join(spill_folder, sizeof(spill_folder), state, "/dltrace/spill", "");
	else if (home && *home == '/')
		dlt_text_join(spill_folder, sizeof(spill_folder), home,
			      "/.local/state/dltrace/spill", "");
}

void dlt_channel_renew(void)
{
	/* A child keeps writing to the pipe it inherited; a spill file is of one process. */
	if (atomic_load(&mode) != MODE_PIPE)
		atomic_store(&mode, MODE_UNOPENED);
	atomic_store(&patience_ms, DLT_CHANNEL_PATIENCE_MS);
	atomic_flag_clear(&opening);
}

/*
 * A number that programs neither get nor look at: above the soft limit, where there is room under
 * the hard one; else close below it. A large number would cost the kernel a large table.
 */
static int move_away(int fd)
{
	enum { LARGE = 65536, ROOM = 16 };
	struct rlimit limit = { 0 }, raised;
	int high = -1;

	if (dlt_limit(RLIMIT_NOFILE, NULL, &limit))
		return fd;
	raised = limit;
	raised.rlim_cur += ROOM;
	if (limit.rlim_cur <= LARGE && raised.rlim_cur <= limit.rlim_max &&
	    !dlt_limit(RLIMIT_NOFILE, &raised, NULL)) {
		high = dlt_fcntl(fd, F_DUPFD_CLOEXEC, (long)limit.rlim_cur);
		dlt_limit(RLIMIT_NOFILE, &limit, NULL);
	}
	if (high < 0 && limit.rlim_cur > ROOM)
		high = dlt_fcntl(fd, F_DUPFD_CLOEXEC,
				 (limit.rlim_cur < LARGE ? (long)limit.rlim_cur : LARGE) - ROOM);
	if (high < 0)
		return fd;
	dlt_close(fd);
	return high;
}

static bool adopt(int fd)
{
	struct stat status = { 0 };

	if (fd < 0)
		return false;
	fd = move_away(fd);
	if (dlt_fstat(fd, &status)) {
		dlt_close(fd);
		return false;
	}
	current = (struct place){ .fd = fd, .device = status.st_dev, .inode = status.st_ino };
	return true;
}

static bool is_current(void)
{
	struct stat status = { 0 };

	return current.fd >= 0 && !dlt_fstat(current.fd, &status) &&
	       status.st_dev == current.device && status.st_ino == current.inode;
}

static bool open_pipe(void)
{
	struct stat status = { 0 };
	int fd = dlt_open(pipe_path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, 0);

	if (fd >= 0 && (dlt_fstat(fd, &status) || !S_ISFIFO(status.st_mode) ||
			status.st_uid != dlt_geteuid())) {
		dlt_close(fd);
		fd = -1;
	}
	return adopt(fd);
}

static void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		dlt_mkdir(path, 0700);
		*slash = '/';
	}
}

static bool open_spill(void)
{
	char path[PATH_MAX], pid[24], stream[24], name[64];
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;

	if (!spill_folder[0])
		return false;
	dlt_text_join(name, sizeof(name), "/", dlt_text_number(pid, dlt_process.pid, 10, 1), "-");
	if (!dlt_text_join(path, sizeof(path), spill_folder, name,
			   dlt_text_number(stream, dlt_process.stream, 16, 16)) ||
	    !dlt_text_join(path, sizeof(path), path, ".spill", ""))
		return false;
	if (adopt(dlt_open(path, flags, 0600)))
		return true;
	make_folders(path);
	return adopt(dlt_open(path, flags, 0600));
}

/* Opens the next place to write to. One thread does it; the others go on without waiting for it. */
static int open_next(int from)
{
	int next = from;

	if (atomic_flag_test_and_set(&opening))
		return from;
	if (atomic_load(&mode) == from) {
		if (from == MODE_UNOPENED)
			next = open_pipe() ? MODE_PIPE : open_spill() ? MODE_SPILL : MODE_NOWHERE;
		else if (from == MODE_PIPE)
			next = open_spill() ? MODE_SPILL : MODE_NOWHERE;
		else
			next = MODE_NOWHERE;
		if (next == MODE_NOWHERE)
			dlt_debug("no place to write to", spill_folder);
		atomic_store(&mode, next);
	}
	atomic_flag_clear(&opening);
	return next;
}

/*
 * write(2) without the signals it can raise, SIGPIPE and SIGXFSZ: blocked meanwhile, and taken
 * back. A signal of the kind that waited before is the program's and stays.
 */
static long write_quietly(const void *bytes, size_t size)
{
	uint64_t quiet = dlt_signal_bit(SIGPIPE) | dlt_signal_bit(SIGXFSZ), before = 0, waiting;
	long written;

	dlt_signal_mask(SIG_BLOCK, &quiet, &before);
	waiting = before & quiet ? dlt_signals_pending() : 0;
	do
		written = dlt_write(current.fd, bytes, size);
	while (written == -EINTR);
	if (written == -EPIPE || written == -EFBIG) {
		uint64_t raised = dlt_signal_bit(written == -EPIPE ? SIGPIPE : SIGXFSZ);

		while (!(waiting & raised) && dlt_take_signal(raised) == -EINTR)
			;
	}
	dlt_signal_mask(SIG_SETMASK, &before, NULL);
	return written;
}

/* Waits for room in a full pipe; false when this process's patience has run out. */
static bool wait_for_room(void)
{
	struct pollfd room = { .fd = current.fd, .events = POLLOUT };
	uint64_t start = dlt_now_ns();
	int left = atomic_load(&patience_ms);

	if (left <= 0)
		return false;
	dlt_poll(&room, left);
	atomic_fetch_sub(&patience_ms, (int)((dlt_now_ns() - start) / 1000000));
	return true;
}

/* MODE_PIPE: whether the record went out. */
static bool write_pipe(const void *bytes, size_t size)
{
	for (;;) {
		long written;

		if (!is_current() && !open_pipe())
			return false;
		written = write_quietly(bytes, size);
		if (written >= 0)
			return true;
		if (written != -EAGAIN || !wait_for_room())
			return false;
	}
}

static bool write_spill(const void *bytes, size_t size)
{
	if (!is_current() && !open_spill())
		return false;
	return write_quietly(bytes, size) == (long)size;
}

void dlt_channel_write(const void *bytes, size_t size)
{
	int now = atomic_load(&mode);

	if (now == MODE_UNOPENED)
		now = open_next(now);
	if (now == MODE_PIPE) {
		if (write_pipe(bytes, size))
			return;
		dlt_debug("the collector does not read; going on in the spill folder",
			  spill_folder);
		now = open_next(now);
	}
	if (now == MODE_SPILL)
		write_spill(bytes, size);
	/* What went nowhere is missing in the sequence of seqs, which tells the collector. */
}
