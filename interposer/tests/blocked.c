/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded stacks of other threads against their own account. In a child for each way to block, a
 * thread notes its backtrace(3), several plugin's and program's frames deep, and blocks; the child
 * closes the plugin. Every recorded frame must be one that the thread has, in order; none may be
 * left out, until the record says that it ends early.
 */
#include <dlfcn.h>
#include <execinfo.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dltrace_wire.h"
#include "spill.h"

/* The plugin: this very file, compiled with -DPLUGIN. */
#ifdef PLUGIN
void through_plugin(void (*next)(void *), void *argument, int depth);

__attribute__((noinline)) void through_plugin(void (*next)(void *), void *argument, int depth)
{
	char space[32 + 16 * depth];

	memset(space, depth, sizeof(space));
	if (depth)
		through_plugin(next, argument, depth - 1);
	else
		next(argument);
	__asm__ volatile("" ::"r"(space[0]) : "memory");
}
#else

enum { FRAMES = 64, DEPTH = 3 };

/* In memory shared with the child. */
static struct account {
	void *frames[FRAMES];
	int count;
	pid_t tid;
} * noted;

static int failures, compared, ended_early;
static void (*through_plugin)(void (*)(void *), void *, int);
static int pipes[2];
static sem_t never, is_deep;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static void fail(const char *way, const char *what)
{
	failures++;
	printf("FAIL %s: %s\n", way, what);
}

/* MARK: ways to block */

static void by_read(void)
{
	char byte;

	if (read(pipes[0], &byte, 1))
		abort();
}

static void by_poll(void)
{
	struct pollfd entry = { .fd = pipes[0], .events = POLLIN };

	poll(&entry, 1, -1);
}

static void by_pause(void)
{
	pause();
}

static void by_sleep(void)
{
	sleep(1000);
}

static void by_semaphore(void)
{
	sem_wait(&never);
}

static void by_condition(void)
{
	pthread_mutex_lock(&mutex);
	pthread_cond_wait(&condition, &mutex);
}

static void by_lock(void)
{
	pthread_mutex_lock(&mutex);
	pthread_mutex_lock(&mutex);
}

static const struct {
	const char *name;
	void (*block)(void);
} ways[] = {
	{ "read", by_read },	      { "poll", by_poll },
	{ "pause", by_pause },	      { "sleep", by_sleep },
	{ "sem_wait", by_semaphore }, { "pthread_cond_wait", by_condition },
	{ "mutex_lock", by_lock },
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

/* MARK: the child */

static __attribute__((noinline)) void note_and_block(void *block)
{
	noted->count = backtrace(noted->frames, FRAMES);
	noted->tid = gettid();
	sem_post(&is_deep);
	((void (*)(void))block)();
	__asm__ volatile("");
}

static int compare_and_go_deep(const void *block, const void *same)
{
	(void)same;
	through_plugin(note_and_block, *(void *const *)block, DEPTH);
	return 0;
}

/* Through a frame of the C library, too. */
static void *work(void *block)
{
	void *two[] = { block, block };

	qsort(two, 2, sizeof(two[0]), compare_and_go_deep);
	return NULL;
}

static void await_blocked(pid_t tid)
{
	char path[64], line[64] = "r";

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", tid);
	while (line[0] == 'r') {
		FILE *file = fopen(path, "r");

		if (!file || !fgets(line, sizeof(line), file))
			exit(3);
		fclose(file);
		usleep(2000);
	}
}

static void run(void (*block)(void), const char *plugin)
{
	void *handle = dlopen(plugin, RTLD_NOW);
	pthread_t thread;

	if (!handle)
		exit(2);
	through_plugin = (void (*)(void (*)(void *), void *, int))dlsym(handle, "through_plugin");
	pthread_create(&thread, NULL, work, (void *)block);
	sem_wait(&is_deep);
	await_blocked(noted->tid);
	dlclose(handle);
	_exit(0);
}

/* MARK: what was recorded */

static void compare(const char *way, const struct dlt_wire_left *left)
{
	const uint64_t *frames = (const uint64_t *)(left + 1);
	int first = 0, i = 1;

	/* What is inside note_and_block differs, for it blocks elsewhere than it noted. */
	while (first < left->stack.count && frames[first] != (uint64_t)(uintptr_t)noted->frames[1])
		first++;
	if (first > 6)
		fail(way, "many frames that the thread did not note");
	for (; first < left->stack.count && i < noted->count; first++, i++)
		if (frames[first] != (uint64_t)(uintptr_t)noted->frames[i])
			fail(way, "another frame than the thread noted");
	if (first < left->stack.count)
		fail(way, "frames behind the last one");
	if (left->stack.flags & DLT_WIRE_STACK_BROKEN)
		ended_early++;
	else if (i < noted->count)
		fail(way, "frames are missing");
	compared++;
}

static void check(const char *way, pid_t pid)
{
	const struct dlt_wire_header *header;
	struct spill spill;
	uint64_t created = 0;
	int found = 0;

	if (!spill_open(&spill, pid)) {
		fail(way, "no spill file");
		return;
	}
	while ((header = spill_next(&spill))) {
		const struct dlt_wire_left *left = (const void *)(header + 1);

		if (header->kind == DLT_WIRE_THREAD)
			created = header->seq;
		if (header->kind != DLT_WIRE_LEFT)
			continue;
		found++;
		if (left->type != DLT_WIRE_REF_THREAD_STACK || left->number != noted->tid ||
		    left->registered_seq != created)
			fail(way, "another reference than the thread's");
		compare(way, left);
	}
	if (found != 1)
		fail(way, "not one record");
}

int main(int argc, char **argv)
{
	void *first[1];

	if (argc < 2)
		return 2;
	noted = mmap(NULL, sizeof(*noted), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	backtrace(first, 1);
	sem_init(&never, 0, 0);
	sem_init(&is_deep, 0, 0);
	if (noted == MAP_FAILED || pipe(pipes))
		return 2;
	for (int i = 0; i < WAYS; i++) {
		pid_t child = fork();
		int status;

		if (!child)
			run(ways[i].block, argv[1]);
		waitpid(child, &status, 0);
		if (status)
			fail(ways[i].name, "the child's end");
		else
			check(ways[i].name, child);
	}
	printf("blocked: %d of %d compared, %d ended early, %d failures\n", compared, WAYS,
	       ended_early, failures);
	return failures != 0;
}
#endif
