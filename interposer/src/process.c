/* SPDX-License-Identifier: Apache-2.0 */
/* Start, fork, identity of the traced process; see process.h. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "../arch/arch.h"
#include "census.h"
#include "channel.h"
#include "dltrace_wire.h"
#include "environment.h"
#include "exit.h"
#include "faults.h"
#include "hooks.h"
#include "pin.h"
#include "quarantine.h"
#include "record.h"
#include "registrations.h"
#include "scope.h"
#include "spill.h"
#include "system.h"
#include "threads.h"
#include "unwind.h"
#include "watch.h"

extern void *__dso_handle __attribute__((visibility("hidden"))); /* this library's, of crtbegin */

struct dlt_process dlt_process;

__thread uint32_t dlt_known_thread_id;
static bool debug_lines;

static char **environment;

const char *dlt_environment(const char *name)
{
	size_t size = strlen(name);

	for (char **variable = environment; variable && *variable; variable++)
		if (!strncmp(*variable, name, size) && (*variable)[size] == '=')
			return *variable + size + 1;
	return NULL;
}

/* Whether a variable is set, and not to 0. */
static bool is_on(const char *name)
{
	const char *value = dlt_environment(name);

	return value && *value && strcmp(value, "0");
}

uint32_t dlt_ask_thread_id(void)
{
	dlt_known_thread_id = dlt_gettid();
	return dlt_known_thread_id;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	dlt_libc.clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t dlt_now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

bool dlt_process_is_self(void)
{
	dlt_process_notice_copy();
	return dlt_getpid() == dlt_process.pid;
}

void dlt_debug(const char *what, const char *detail)
{
	const char *line[] = { "libdltrace: ", what, ": ", detail, "\n" };

	for (size_t i = 0; debug_lines && i < sizeof(line) / sizeof(line[0]); i++)
		dlt_write(2, line[i], strlen(line[i]));
}

/* MARK: start */

static uint64_t new_stream(void)
{
	uint64_t stream = 0;

	if (dlt_getrandom(&stream, sizeof(stream), GRND_NONBLOCK) != sizeof(stream) || !stream)
		stream = clock_ns(CLOCK_REALTIME) << 20 ^ dlt_getpid();
	return stream;
}

static char executable[PATH_MAX], arguments[32768];
static uint32_t executable_bytes, arguments_bytes;

static void read_program(void)
{
	long size = dlt_readlink("/proc/self/exe", executable, sizeof(executable));
	int fd;

	executable_bytes = size > 0 ? (uint32_t)size : 0;
	if (is_on("DLTRACE_NO_ARGUMENTS")) /* they may hold secrets */
		return;
	fd = dlt_open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return;
	size = dlt_read(fd, arguments, sizeof(arguments));
	arguments_bytes = size > 0 ? (uint32_t)size : 0;
	dlt_close(fd);
}

static struct dlt_wire_hello hello;

static void say_hello(uint64_t parent_stream, uint64_t parent_seq)
{
	struct dlt_event event = { .kind = DLT_WIRE_HELLO };

	dlt_process.started_ns = dlt_now_ns();
	hello = (struct dlt_wire_hello){
		.realtime_ns = clock_ns(CLOCK_REALTIME),
		.parent_stream = parent_stream,
		.parent_seq = parent_seq,
		.ppid = dlt_getppid(),
		.flags = (dlt_arch_shadow_stack() ? DLT_WIRE_HELLO_NO_IDENTITY : 0) |
			 (dlt_quarantine_is_on() ? DLT_WIRE_HELLO_QUARANTINE : 0) |
			 (dlt_pin_is_on() ? DLT_WIRE_HELLO_PIN : 0) |
			 (dlt_census_is_on() ? DLT_WIRE_HELLO_CENSUS : 0),
		.executable_bytes = executable_bytes,
		.arguments_bytes = arguments_bytes,
		.version_bytes = sizeof(DLT_VERSION) - 1,
	};
	dlt_event_add(&event, &hello, sizeof(hello));
	dlt_event_add(&event, executable, hello.executable_bytes);
	dlt_event_add(&event, arguments, hello.arguments_bytes);
	dlt_event_add(&event, DLT_VERSION, hello.version_bytes);
	dlt_emit(&event);
}

size_t dlt_process_describe(struct dlt_wire_hello *brief, char *text, size_t size)
{
	*brief = hello;
	brief->arguments_bytes = 0;
	if (brief->executable_bytes + brief->version_bytes > size)
		brief->executable_bytes = 0;
	memcpy(text, executable, brief->executable_bytes);
	memcpy(text + brief->executable_bytes, DLT_VERSION, brief->version_bytes);
	return brief->executable_bytes + brief->version_bytes;
}

/* MARK: fork */

/* Of the fork that this thread is in: another one may have begun a fork too. */
static __thread uint64_t child_stream;
static __thread bool forking_with_table, forking_with_registrations;
static __thread int errno_before;

/*
 * Zero in a child with a copy of this memory (MADV_WIPEONFORK), as clone(2) and _Fork(3) make them
 * too, which run no fork handlers.
 */
volatile uint8_t *dlt_is_original;

static void watch_for_copies(void)
{
	uint8_t *page = dlt_mmap(dlt_process.page_bytes, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS);

	if (!page || dlt_wipe_in_copies(page, dlt_process.page_bytes))
		return; /* Linux before 4.14: such children go unnoticed */
	*page = 1;
	dlt_is_original = page;
}

/* This process is a copy of the one it was: a process of its own in the trace. */
static void become_child(uint64_t stream)
{
	uint64_t parent_stream = dlt_process.stream;
	uint64_t parent_seq = atomic_load(&dlt_process.last_seq);

	if (dlt_is_original)
		*dlt_is_original = 1;
	dlt_known_thread_id = 0;
	dlt_process.pid = dlt_getpid();
	dlt_process.stream = stream;
	atomic_store(&dlt_process.last_seq, 0);
	dlt_channel_forked();
	dlt_scope_disown();
	dlt_exit_renew();
	dlt_threads_renew();
	dlt_registrations_unlock();
	say_hello(parent_stream, parent_seq);
}

bool dlt_process_renew(void)
{
	if (!dlt_process.traced)
		return false;
	if (dlt_watch_is_busy()) {
		dlt_process.traced = false; /* another thread was changing what was copied */
		return true;
	}
	become_child(new_stream());
	return true;
}

static void before_fork(void)
{
	forking_with_table = dlt_watch_enter(); /* the child's copies of the tables are whole */
	forking_with_registrations = dlt_registrations_lock();
	child_stream = new_stream();
	/*
	 * Ours is the last handler before the fork and the first one behind it: it alone sets this.
	 */
	errno_before = errno;
	errno = 0;
}

static void after_fork_in_parent(void)
{
	bool has_failed = errno != 0;

	if (!has_failed)
		errno = errno_before;
	if (forking_with_registrations)
		dlt_registrations_unlock();
	if (forking_with_table)
		dlt_watch_leave();
	if (!has_failed)
		dlt_emit_fork(child_stream);
}

static void after_fork_in_child(void)
{
	errno = errno_before;
	dlt_watch_leave();
	if (!dlt_is_original || !*dlt_is_original)
		become_child(child_stream);
}

/*
 * Marked DF_1_INITFIRST (-z initfirst): runs before the constructors of every other library, so
 * that their registrations are seen and their fini functions are hooked.
 */
__attribute__((constructor)) static void start(int argc, char **argv, char **envp)
{
	int saved_errno = errno;

	(void)argc;
	(void)argv;
	dlt_hooks_resolve();
	environment = envp;
	debug_lines = dlt_environment("DLTRACE_DEBUG") && !getauxval(AT_SECURE);
	if (!dlt_real.dlopen || !dlt_libc.clock_gettime) /* no C library that we understand */
		return;
	/*
	 * A program with more rights than who started it (setuid) does not trust its environment.
	 */
	if (getauxval(AT_SECURE) || is_on("DLTRACE_DISABLE")) {
		errno = saved_errno;
		return;
	}
	dlt_process.pid = dlt_getpid();
	dlt_process.stream = new_stream();
	dlt_process.page_bytes = (size_t)getauxval(AT_PAGESZ);
	/* The environment's strings lie above every frame of the main thread. */
	dlt_process.stack_end = (uint64_t)(uintptr_t)envp & ~(uint64_t)7;
	dlt_channel_configure();
	dlt_pin_configure();
	dlt_quarantine_configure();
	dlt_census_configure();
	dlt_unwind_start();
	read_program();
	watch_for_copies();
	say_hello(0, 0);
	dlt_spill_make_ledger();
	dlt_watch_start();
	dlt_exit_start();
	dlt_faults_start();
	dlt_threads_start();
	dlt_environment_start();
	/*
	 * Ours are the first: prepared last, and in the child nothing comes before its new stream.
	 */
	dlt_real.__register_atfork(before_fork, after_fork_in_parent, after_fork_in_child,
				   &__dso_handle);
	atomic_store(&dlt_process.traced, true);
	errno = saved_errno;
}
