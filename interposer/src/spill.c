/* SPDX-License-Identifier: Apache-2.0 */
/* Names and opens spill files; see spill.h. */
#include "spill.h"

#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>

#include "dltrace_wire.h"
#include "process.h"
#include "quiet.h"
#include "system.h"
#include "text.h"

enum { LEAST_LEDGER = 4096 };

static char folder[PATH_MAX];

/* The program may go elsewhere. */
static void make_absolute(void)
{
	char relative[PATH_MAX];

	dlt_text_join(relative, sizeof(relative), folder, "", "");
	if (dlt_getcwd(folder, sizeof(folder)) <= 0)
		folder[0] = 0;
	else
		dlt_text_join(folder, sizeof(folder), folder, "/", relative);
}

void dlt_spill_configure(void)
{
	const char *spill = dlt_environment("DLTRACE_SPILL");
	const char *state = dlt_environment("XDG_STATE_HOME");
	const char *home = dlt_environment("HOME");

	if (spill && *spill)
		dlt_text_join(folder, sizeof(folder), spill, "", "");
	else if (state && *state == '/')
		dlt_text_join(folder, sizeof(folder), state, "/dltrace/spill", "");
	else if (home && *home == '/')
		dlt_text_join(folder, sizeof(folder), home, "/.local/state/dltrace/spill", "");
	if (folder[0] && folder[0] != '/')
		make_absolute();
	for (size_t end = strlen(folder); end > 1 && folder[end - 1] == '/'; end--)
		folder[end - 1] = 0;
}

const char *dlt_spill_folder(void)
{
	return folder;
}

/* PID-STREAM`suffix`.spill in the folder. */
static bool file_path(char path[PATH_MAX], const char *suffix)
{
	char pid[24], stream[24], name[96];

	dlt_text_join(name, sizeof(name), "/", dlt_text_number(pid, dlt_process.pid, 10, 1), "-");
	dlt_text_join(name, sizeof(name), name, dlt_text_number(stream, dlt_process.stream, 16, 16),
		      suffix);
	return folder[0] && dlt_text_join(path, PATH_MAX, folder, name, ".spill");
}

static void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		dlt_mkdir(path, 0700);
		*slash = '/';
	}
}

/* Whether it is this user's, and nobody else can write to it. */
static bool is_private(int fd, mode_t type)
{
	struct stat status = { 0 };

	return !dlt_fstat(fd, &status) && (status.st_mode & S_IFMT) == type &&
	       status.st_uid == dlt_geteuid() && !(status.st_mode & (S_IWGRP | S_IWOTH)) &&
	       (type == S_IFDIR || status.st_nlink == 1);
}

/*
 * Opens a file in the folder, or the ledger beside it. In a folder that is not this user's alone
 * somebody could have planted anything, and whoever takes in what lies there would not trust it.
 */
static int open_private(const char *path, int flags)
{
	size_t size = strlen(folder);
	const char *name = path[size] == '/' ? path + size + 1 : NULL;
	int there = AT_FDCWD, fd;

	if (name) {
		there = dlt_open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
		if (there < 0)
			return there;
	}
	fd = !name || is_private(there, S_IFDIR)
		     ? dlt_open_in(there, name ? name : path, flags, 0600)
		     : -EACCES;
	if (name)
		dlt_close(there);
	if (fd >= 0 && !is_private(fd, S_IFREG)) {
		dlt_close(fd);
		fd = -EACCES;
	}
	if (fd == -EACCES)
		dlt_debug("another user's, or others can write to it", folder);
	return fd;
}

/* Where the program has all the descriptors it may have: two above its soft limit. */
static int open_above_limit(const char *path, int flags)
{
	struct rlimit limit = { 0 }, raised;
	int fd = -EMFILE;

	if (dlt_limit(RLIMIT_NOFILE, NULL, &limit))
		return fd;
	raised = limit;
	raised.rlim_cur += 2;
	if (!dlt_limit(RLIMIT_NOFILE, &raised, NULL)) {
		fd = open_private(path, flags);
		dlt_limit(RLIMIT_NOFILE, &limit, NULL);
	}
	return fd;
}

static int open_path(char *path, int flags)
{
	int fd;

	flags |= O_RDWR | O_CLOEXEC | O_NOFOLLOW;
	fd = open_private(path, flags);
	if (fd == -ENOENT && flags & O_CREAT) {
		make_folders(path);
		fd = open_private(path, flags);
	}
	return fd == -EMFILE ? open_above_limit(path, flags) : fd;
}

int dlt_spill_open(const char *suffix, int flags)
{
	char path[PATH_MAX];

	return file_path(path, suffix) ? open_path(path, O_CREAT | flags) : -ENOENT;
}

void dlt_spill_remove(const char *suffix)
{
	char path[PATH_MAX];

	if (file_path(path, suffix))
		dlt_unlink(path);
}

bool dlt_spill_is_there(const char *suffix)
{
	char path[PATH_MAX];

	return file_path(path, suffix) && dlt_access(path) != -ENOENT;
}

bool dlt_spill_allocate(int fd, uint32_t bytes)
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

/* MARK: the ledger */

static bool ledger_path(char path[PATH_MAX])
{
	return folder[0] && dlt_text_join(path, PATH_MAX, folder, DLT_WIRE_LEDGER_SUFFIX, "");
}

int dlt_spill_open_ledger(void)
{
	char path[PATH_MAX];

	/* A collector that looks whether somebody has it open must not be waited for (leases). */
	return ledger_path(path) ? open_path(path, O_NONBLOCK) : -ENOENT;
}

void dlt_spill_make_ledger(void)
{
	char path[PATH_MAX];
	int fd;

	if (!ledger_path(path) || !dlt_access(path))
		return;
	for (uint32_t bytes = DLT_WIRE_LEDGER_BYTES; bytes >= LEAST_LEDGER; bytes /= 2) {
		bool is_made;

		fd = open_path(path, O_CREAT | O_EXCL);
		if (fd < 0)
			return;
		is_made = dlt_spill_allocate(fd, bytes);
		dlt_close(fd);
		if (is_made)
			return;
		dlt_unlink(path);
	}
}
