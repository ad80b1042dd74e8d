/* SPDX-License-Identifier: Apache-2.0 */
/* Hiding, keeping and opening the descriptor; see descriptor.h. */
#include "descriptor.h"

#include <errno.h>
#include <stdatomic.h>

#include "system.h"

/*
 * A large number would cost the kernel a large table, which each fork copies; at a small one
 * somebody may look although the limit is smaller.
 */
enum { SMALL = 1024, LARGE = 65536, ROOM = 16 };

/* The kept one and the file it was opened on: what else has the number is not ours to write to. */
static struct {
	int fd;
	dev_t device;
	ino_t inode;
} kept = { .fd = -1 };

static atomic_bool has_no_room; /* above the soft limit */
static atomic_bool keeps_always, is_sealed;

static bool is_kept_still_ours(void)
{
	struct stat status = { 0 };

	return kept.fd >= 0 && !dlt_fstat(kept.fd, &status) && status.st_dev == kept.device &&
	       status.st_ino == kept.inode;
}

/* The same file by a number above the soft limit; negative where there is no room. */
static int above_limit(int fd)
{
	struct rlimit limit = { 0 }, raised;
	rlim_t number;
	int high = -1;

	if (atomic_load(&has_no_room) || dlt_limit(RLIMIT_NOFILE, NULL, &limit))
		return -1;
	number = limit.rlim_cur;
	if (number < SMALL && limit.rlim_max >= SMALL + ROOM)
		number = SMALL;
	raised.rlim_cur = number + ROOM;
	raised.rlim_max = limit.rlim_max;
	if (raised.rlim_max < raised.rlim_cur)
		raised.rlim_max = raised.rlim_cur; /* for who may */
	if (number <= LARGE && !dlt_limit(RLIMIT_NOFILE, &raised, NULL)) {
		high = dlt_fcntl(fd, F_DUPFD_CLOEXEC, (long)number);
		dlt_limit(RLIMIT_NOFILE, &limit, NULL);
	}
	if (high < 0)
		atomic_store(&has_no_room, true);
	return high;
}

/* The same file by one of the last numbers below the soft limit. */
static int below_limit(int fd)
{
	struct rlimit limit = { 0 };
	long number;

	if (dlt_limit(RLIMIT_NOFILE, NULL, &limit))
		return -1;
	number = limit.rlim_cur < LARGE ? (long)limit.rlim_cur : LARGE;
	return dlt_fcntl(fd, F_DUPFD_CLOEXEC, number - (number > 2 * ROOM ? ROOM : 1));
}

int dlt_descriptor_borrow(int (*open_place)(void))
{
	struct stat status = { 0 };
	int fd, high;

	if (is_kept_still_ours())
		return kept.fd;
	if (atomic_load(&is_sealed))
		return -EPERM;
	fd = open_place();
	if (fd < 0)
		return fd;
	high = above_limit(fd);
	if (high < 0 && atomic_load(&keeps_always))
		high = below_limit(fd);
	if (high >= 0) {
		dlt_close(fd);
		fd = high;
	}
	if ((high >= 0 || atomic_load(&keeps_always)) && !dlt_fstat(fd, &status)) {
		kept.fd = fd;
		kept.device = status.st_dev;
		kept.inode = status.st_ino;
	}
	return fd;
}

void dlt_descriptor_give_back(int fd)
{
	if (fd >= 0 && fd != kept.fd)
		dlt_close(fd);
}

void dlt_descriptor_keep(void)
{
	atomic_store(&keeps_always, true);
}

bool dlt_descriptor_keeps_always(void)
{
	return atomic_load(&keeps_always);
}

void dlt_descriptor_seal(void)
{
	atomic_store(&is_sealed, true);
}

bool dlt_descriptor_is_sealed(void)
{
	return atomic_load(&is_sealed);
}

void dlt_descriptor_drop(void)
{
	if (is_kept_still_ours())
		dlt_close(kept.fd);
	kept.fd = -1;
}

void dlt_descriptor_renew(bool shared)
{
	atomic_store(&has_no_room, false);
	if (shared)
		return;
	dlt_descriptor_drop();
	atomic_store(&keeps_always, false);
}
