/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls that the interposer makes, made directly: a program or a sanitizer may stand
 * before the C library's functions, and errno is the program's. Each returns what the kernel does,
 * -errno for an error.
 */
#ifndef DLT_SYSTEM_H
#define DLT_SYSTEM_H

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/time_types.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../arch/arch.h"

#define DLT_CALL(name, a, b, c, d, e, f)                                                        \
	dlt_arch_system_call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), \
			     (long)(f))

static inline int dlt_open(const char *path, int flags, mode_t mode)
{
	return (int)DLT_CALL(openat, AT_FDCWD, path, flags, mode, 0, 0);
}

static inline int dlt_open_in(int folder, const char *name, int flags, mode_t mode)
{
	return (int)DLT_CALL(openat, folder, name, flags, mode, 0, 0);
}

static inline int dlt_close(int fd)
{
	return (int)DLT_CALL(close, fd, 0, 0, 0, 0, 0);
}

static inline long dlt_read(int fd, void *bytes, size_t size)
{
	return DLT_CALL(read, fd, bytes, size, 0, 0, 0);
}

static inline long dlt_read_at(int fd, void *bytes, size_t size, uint64_t offset)
{
	return DLT_CALL(pread64, fd, bytes, size, offset, 0, 0);
}

static inline long dlt_write_at(int fd, const void *bytes, size_t size, uint64_t offset)
{
	return DLT_CALL(pwrite64, fd, bytes, size, offset, 0, 0);
}

static inline long dlt_write(int fd, const void *bytes, size_t size)
{
	return DLT_CALL(write, fd, bytes, size, 0, 0, 0);
}

static inline int dlt_fstat(int fd, struct stat *status)
{
	return (int)DLT_CALL(fstat, fd, status, 0, 0, 0, 0);
}

/* 0 where the file is there. */
static inline int dlt_access(const char *path)
{
	return (int)DLT_CALL(faccessat, AT_FDCWD, path, F_OK, 0, 0, 0);
}

static inline int dlt_stat(const char *path, struct stat *status)
{
	return (int)DLT_CALL(newfstatat, AT_FDCWD, path, status, 0, 0, 0);
}

static inline int dlt_fcntl(int fd, int command, long argument)
{
	return (int)DLT_CALL(fcntl, fd, command, argument, 0, 0, 0);
}

static inline int dlt_mkdir(const char *path, mode_t mode)
{
	return (int)DLT_CALL(mkdirat, AT_FDCWD, path, mode, 0, 0, 0);
}

static inline long dlt_readlink(const char *path, char *target, size_t size)
{
	return DLT_CALL(readlinkat, AT_FDCWD, path, target, size, 0, 0);
}

/* The bytes written, with the terminating zero. */
static inline long dlt_getcwd(char *path, size_t size)
{
	return DLT_CALL(getcwd, path, size, 0, 0, 0, 0);
}

/* Sets a limit of this process, or gets it, or both; NULL for what is not wanted. */
static inline int dlt_limit(int resource, const struct rlimit *limit, struct rlimit *before)
{
	return (int)DLT_CALL(prlimit64, 0, resource, limit, before, 0, 0);
}

static inline void dlt_unlink(const char *path)
{
	DLT_CALL(unlinkat, AT_FDCWD, path, 0, 0, 0, 0);
}

static inline long dlt_write_pieces(int fd, const struct iovec *pieces, unsigned count)
{
	return DLT_CALL(writev, fd, pieces, count, 0, 0, 0);
}

/* NULL for an error. */
static inline void *dlt_mmap(size_t bytes, int protection, int flags)
{
	long address = DLT_CALL(mmap, NULL, bytes, protection, flags, -1, 0);

	return address < 0 && address > -4096 ? NULL : (void *)address;
}

/* Reserves address space just there; false where something is mapped, or the system refuses. */
static inline bool dlt_reserve_at(uint64_t address, size_t bytes)
{
	return (uint64_t)DLT_CALL(mmap, address, bytes, PROT_NONE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
				  -1, 0) == address;
}

/* Puts zeros of this process alone in the place of what is mapped there. */
static inline bool dlt_map_zeros(void *address, size_t bytes)
{
	return DLT_CALL(mmap, address, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == (long)address;
}

static inline void dlt_munmap(uint64_t address, size_t bytes)
{
	DLT_CALL(munmap, address, bytes, 0, 0, 0, 0);
}

/* A file's first bytes, shared, ready to be written to. NULL for an error. */
static inline void *dlt_map_file(int fd, size_t bytes)
{
	long address = DLT_CALL(mmap, NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (address < 0 && address > -4096)
		return NULL;
	/*
	 * One call for what would be a fault for each page, as before Linux 5.14 it is (EINVAL).
	 * EFAULT: a store would be a SIGBUS.
	 */
	if (DLT_CALL(madvise, address, bytes, MADV_POPULATE_WRITE, 0, 0, 0) == -EFAULT) {
		dlt_munmap((uint64_t)address, bytes);
		return NULL;
	}
	return (void *)address;
}

static inline void dlt_keep_from_children(void *address, size_t bytes)
{
	DLT_CALL(madvise, address, bytes, MADV_DONTFORK, 0, 0, 0);
}

static inline int dlt_mprotect(uint64_t address, size_t bytes, int protection)
{
	return (int)DLT_CALL(mprotect, address, bytes, protection, 0, 0, 0);
}

static inline void dlt_discard(void *address, size_t bytes)
{
	DLT_CALL(madvise, address, bytes, MADV_DONTNEED, 0, 0, 0);
}

static inline int dlt_wipe_in_copies(void *address, size_t bytes)
{
	return (int)DLT_CALL(madvise, address, bytes, MADV_WIPEONFORK, 0, 0, 0);
}

static inline uint32_t dlt_getpid(void)
{
	return (uint32_t)DLT_CALL(getpid, 0, 0, 0, 0, 0, 0);
}

static inline uint32_t dlt_getppid(void)
{
	return (uint32_t)DLT_CALL(getppid, 0, 0, 0, 0, 0, 0);
}

static inline uint32_t dlt_gettid(void)
{
	return (uint32_t)DLT_CALL(gettid, 0, 0, 0, 0, 0, 0);
}

static inline uint32_t dlt_geteuid(void)
{
	return (uint32_t)DLT_CALL(geteuid, 0, 0, 0, 0, 0, 0);
}

static inline void dlt_yield(void)
{
	DLT_CALL(sched_yield, 0, 0, 0, 0, 0, 0);
}

static inline long dlt_getrandom(void *bytes, size_t size, unsigned flags)
{
	return DLT_CALL(getrandom, bytes, size, flags, 0, 0, 0);
}

/* Waits at most `milliseconds` for what `entry` asks. */
static inline void dlt_poll(struct pollfd *entry, int milliseconds)
{
	struct __kernel_timespec limit = {
		.tv_sec = milliseconds / 1000,
		.tv_nsec = milliseconds % 1000 * 1000000L,
	};

	DLT_CALL(ppoll, entry, 1, &limit, NULL, 0, 0);
}

/* The kernel's signal sets: bit n - 1 is signal n. */
static inline uint64_t dlt_signal_bit(int number)
{
	return (uint64_t)1 << (number - 1);
}

static inline int dlt_signal_mask(int how, const uint64_t *set, uint64_t *before)
{
	return (int)DLT_CALL(rt_sigprocmask, how, set, before, sizeof(*set), 0, 0);
}

static inline uint64_t dlt_signals_pending(void)
{
	uint64_t pending = 0;

	DLT_CALL(rt_sigpending, &pending, sizeof(pending), 0, 0, 0, 0);
	return pending;
}

/* Takes one pending signal of the set away, without waiting. */
static inline int dlt_take_signal(uint64_t set)
{
	struct __kernel_timespec at_once = { 0 };

	return (int)DLT_CALL(rt_sigtimedwait, &set, NULL, &at_once, sizeof(set), 0, 0);
}

/* Sends this thread a signal with a siginfo of its own. */
static inline void dlt_queue_signal(int number, const void *info)
{
	DLT_CALL(rt_tgsigqueueinfo, dlt_getpid(), dlt_gettid(), number, info, 0, 0);
}

/* Whether this process has a thread of this id. */
static inline bool dlt_has_thread(uint32_t pid, uint32_t tid)
{
	return DLT_CALL(tgkill, pid, tid, 0, 0, 0, 0) != -ESRCH;
}

/*
 * Whether the 8 bytes around an address can be read: futex(2) reads the word that it is not to wait
 * for (and waits no time where by chance it is that one), and EFAULT tells of a hole. A usual call
 * even in a sandbox, and one that valgrind passes on without a word.
 */
static inline bool dlt_is_readable(uint64_t address)
{
	static const struct __kernel_timespec no_time;

	return DLT_CALL(futex, address & ~(uint64_t)7, FUTEX_WAIT_PRIVATE, 0x6e6f7761, &no_time, 0,
			0) != -EFAULT;
}

#endif
