/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks of blocked threads; see blocked.h. */
#include "blocked.h"

#include <fcntl.h>
#include <string.h>

#include "descriptor.h"
#include "process.h"
#include "system.h"
#include "text.h"

/* /proc/self has no memory any more once main has left by pthread_exit; /proc/thread-self has. */
static int open_file(const char *path)
{
	return dlt_descriptor_is_sealed() ? -1 : dlt_open(path, O_RDONLY | O_CLOEXEC, 0);
}

int dlt_blocked_begin(void)
{
	return open_file("/proc/thread-self/mem");
}

void dlt_blocked_end(int memory)
{
	dlt_close(memory);
}

static int open_task(uint32_t tid)
{
	char path[64], digits[24];

	dlt_text_join(path, sizeof(path), "/proc/thread-self/../",
		      dlt_text_number(digits, tid, 10, 1), "/syscall");
	return open_file(path);
}

/* The hexadecimal number behind the last blank before *end, which moves there; 0 if none is. */
static uint64_t last_number(const char *start, const char **end)
{
	uint64_t value = 0;
	unsigned shift = 0;
	const char *at = *end;

	for (; at > start && at[-1] != ' ' && at[-1] != 'x'; at--, shift += 4) {
		unsigned digit = (unsigned char)at[-1];

		digit = digit >= 'a' ? digit - 'a' + 10 : digit - '0';
		if (digit > 15 || shift > 60)
			return 0;
		value |= (uint64_t)digit << shift;
	}
	while (at > start && at[-1] != ' ')
		at--;
	*end = at > start ? at - 1 : start;
	return value;
}

/* One line: "running", or the call's number, its arguments, the stack pointer, the pc. */
static long read_line(int fd, char line[256])
{
	long size = dlt_read_at(fd, line, 256, 0);

	return size > 0 && line[size - 1] == '\n' && line[0] != 'r' ? size - 1 : 0;
}

bool dlt_blocked_stack(int memory, uint32_t tid, struct dlt_stack *stack)
{
	char before[256] = "", after[256] = "";
	int fd = open_task(tid);
	bool is_whole = false;
	uint64_t pc, sp;
	const char *end;
	long size;

	if (fd < 0)
		return false;
	size = read_line(fd, before);
	end = before + size;
	pc = last_number(before, &end);
	sp = last_number(before, &end);
	if (pc && sp) {
		dlt_unwind_blocked(stack, pc, sp, memory);
		is_whole = read_line(fd, after) == size && !memcmp(before, after, (size_t)size);
	}
	dlt_close(fd);
	return is_whole;
}

bool dlt_blocked_is_alive(uint32_t tid)
{
	int fd = open_task(tid);

	if (fd < 0)
		return dlt_descriptor_is_sealed() || dlt_has_thread(dlt_process.pid, tid);
	dlt_close(fd);
	return true;
}
