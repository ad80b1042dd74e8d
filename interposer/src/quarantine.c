/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges that stay reserved; see quarantine.h. */
#include "quarantine.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include "process.h"
#include "system.h"

enum { RANGES_MAX = 4096 }; /* of the 65,530 mappings that vm.max_map_count leaves a process */

static bool on;
static uint64_t room; /* bytes of address space that may be kept */
static struct range {
	uint64_t start, end;
} ranges[RANGES_MAX]; /* a ring */
static uint32_t oldest, count;
static uint64_t kept_bytes;

void dlt_quarantine_configure(void)
{
	const char *value = dlt_environment("DLTRACE_QUARANTINE");
	struct rlimit limit = { 0 };

	on = value && *value && strcmp(value, "0");
	room = (uint64_t)4 << 30;
	/* Reserved address space counts against RLIMIT_AS, which is the program's. */
	if (!dlt_limit(RLIMIT_AS, NULL, &limit) && limit.rlim_cur / 8 < room)
		room = limit.rlim_cur / 8;
}

bool dlt_quarantine_is_on(void)
{
	return on;
}

static void give_up_oldest(void)
{
	const struct range *range = &ranges[oldest];

	dlt_munmap(range->start, range->end - range->start);
	kept_bytes -= range->end - range->start;
	oldest = (oldest + 1) % RANGES_MAX;
	count--;
}

void dlt_quarantine_keep(uint64_t start, uint64_t end)
{
	struct range range = {
		dlt_page_of(start),
		dlt_page_of(end + dlt_process.page_bytes - 1),
	};

	if (!on || range.end - range.start > room)
		return;
	while (count == RANGES_MAX || kept_bytes + (range.end - range.start) > room)
		give_up_oldest();
	if (!dlt_reserve_at(range.start, range.end - range.start))
		return; /* another thread's mapping was faster */
	ranges[(oldest + count++) % RANGES_MAX] = range;
	kept_bytes += range.end - range.start;
}
