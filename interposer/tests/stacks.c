/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded stacks against gcc's unwinder. Traced by libdltrace.so without a collector, this program
 * notes backtrace(3) wherever it calls dlopen, then reads its own spill file and compares: at many
 * depths, along paths of which one frame in the middle changes, through callbacks of the C library,
 * through a signal's frame; in a child, from a jump to where nothing is mapped.
 */
#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dltrace_wire.h"
#include "spill.h"

enum { STACKS_MAX = 256, FRAMES_MAX = DLT_WIRE_FRAMES_MAX + 64 };

static struct {
	const char *what;
	void *frames[FRAMES_MAX];
	int count;
} noted[STACKS_MAX];

static int noted_count, failures;
static volatile int keep;

static void fail(const char *what, int line)
{
	failures++;
	printf("FAIL %s (line %d)\n", what, line);
}

/* The two calls lie in one function, so all frames above it are the same. */
static __attribute__((noinline)) void open_here(const char *what)
{
	noted[noted_count].what = what;
	noted[noted_count].count = backtrace(noted[noted_count].frames, FRAMES_MAX);
	noted_count++;
	dlopen(NULL, RTLD_LAZY);
	keep++; /* the call is no tail call */
}

static __attribute__((noinline)) void recurse(int depth, const char *what)
{
	char space[64 + 16 * (depth % 7)]; /* frames of different sizes, with a frame pointer */

	memset(space, depth, sizeof(space));
	if (depth)
		recurse(depth - 1, what);
	else
		open_here(what);
	keep = space[0];
}

/* Frames of one size: what is inside and outside of them lies at the same addresses. */
static __attribute__((noinline)) void first_way(int depth)
{
	recurse(depth, "the first of two ways");
	keep++;
}

static __attribute__((noinline)) void second_way(int depth)
{
	recurse(depth, "the second of two ways");
	keep++;
}

static __attribute__((noinline)) void take_a_way(int depth, int second)
{
	if (depth) {
		take_a_way(depth - 1, second);
		keep++;
		return;
	}
	(second ? second_way : first_way)(3);
	keep++;
}

static int compare_numbers(const void *a, const void *b)
{
	static int once;

	if (!once++)
		recurse(3, "beneath qsort");
	return *(const int *)a - *(const int *)b;
}

static void on_signal(int number)
{
	(void)number;
	recurse(2, "beneath a signal handler");
}

static void check_open(const struct dlt_wire_dlopen *open, int index)
{
	const uint64_t *frames = (const uint64_t *)(open + 1);
	int expected = noted[index].count, same = 0;

	if (expected > DLT_WIRE_FRAMES_MAX) {
		expected = DLT_WIRE_FRAMES_MAX;
		if (!(open->stack.flags & DLT_WIRE_STACK_TRUNCATED))
			fail(noted[index].what, __LINE__);
	} else if (open->stack.flags) {
		fail(noted[index].what, __LINE__);
	}
	if (open->stack.count != expected)
		fail(noted[index].what, __LINE__);
	for (int i = 1; i < expected && i < open->stack.count; i++)
		same += frames[i] == (uint64_t)(uintptr_t)noted[index].frames[i];
	if (same != expected - 1)
		fail(noted[index].what, __LINE__);
}

static __attribute__((noinline)) void jump_nowhere(void)
{
	((void (*)(void))0x10000)();
	keep++;
}

/* jump_nowhere, main and what called main: the frame that is not mapped does not end the stack. */
static void check_fault(const struct dlt_wire_fault *fault)
{
	const uint64_t *frames = (const uint64_t *)(fault + 1);

	if (fault->signal != SIGSEGV || fault->pc != 0x10000 || fault->address != 0x10000)
		fail("the fault's registers", __LINE__);
	if (!(fault->stack.flags & DLT_WIRE_STACK_EXACT) ||
	    (fault->stack.flags & DLT_WIRE_STACK_BROKEN) || fault->stack.count < 4 ||
	    frames[0] != 0x10000 || frames[1] - (uint64_t)(uintptr_t)jump_nowhere > 64)
		fail("the stack of a jump to nowhere", __LINE__);
}

/* Reads the spill file of a process; returns how many DLOPEN and FAULT records it holds. */
static int check_spill(pid_t pid, int first_open)
{
	const struct dlt_wire_header *header;
	struct spill spill;
	int found = 0;

	if (!spill_open(&spill, pid)) {
		fail("no spill file", __LINE__);
		return 0;
	}
	while ((header = spill_next(&spill))) {
		if (header->kind == DLT_WIRE_DLOPEN)
			check_open((const void *)(header + 1), first_open + found++);
		if (header->kind == DLT_WIRE_FAULT) {
			check_fault((const void *)(header + 1));
			found++;
		}
	}
	return found;
}

int main(void)
{
	void *first[1];
	int numbers[] = { 3, 1, 2 }, status;
	pid_t child;

	backtrace(first, 1); /* loads libgcc_s, before anything is compared */
	for (int round = 0; round < 3; round++)
		for (int depth = 0; depth < 150; depth += 7)
			recurse(depth, "recursion");
	for (int i = 0; i < 8; i++)
		take_a_way(5 + 40 * (i > 3), i & 1);
	qsort(numbers, 3, sizeof(numbers[0]), compare_numbers);
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
	if (check_spill(getpid(), 0) != noted_count)
		fail("another number of records than of calls", __LINE__);

	child = fork();
	if (!child)
		jump_nowhere();
	waitpid(child, &status, 0);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
		fail("the child's end", __LINE__);
	if (check_spill(child, 0) != 1)
		fail("the child's fault", __LINE__);
	printf("stacks: %d compared, %d failures\n", noted_count + 1, failures);
	return failures != 0;
}
