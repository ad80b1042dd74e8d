/* SPDX-License-Identifier: Apache-2.0 */
/* Memory from mmap(2); see memory.h. */
#include "memory.h"

#include <string.h>

#include "system.h"

enum { RESERVE_BYTES = 8 << 20, KEEP_BYTES = 64 << 10 };

void *dlt_memory_reserve(size_t bytes)
{
	return dlt_mmap(bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
}

void *dlt_memory_take(struct dlt_memory *memory, size_t bytes)
{
	void *taken;

	if (!memory->start) {
		memory->start = memory->next = dlt_memory_reserve(RESERVE_BYTES);
		memory->end = memory->start ? memory->start + RESERVE_BYTES : NULL;
	}
	if ((size_t)(memory->end - memory->next) < bytes)
		return NULL;
	taken = memory->next;
	memory->next += bytes;
	return taken;
}

const char *dlt_memory_text(struct dlt_memory *memory, const char *text, size_t bytes)
{
	char *copy = dlt_memory_take(memory, bytes);

	return copy ? memcpy(copy, text, bytes) : NULL;
}

void dlt_memory_clear(struct dlt_memory *memory)
{
	size_t used = (size_t)(memory->next - memory->start);

	if (used > KEEP_BYTES) {
		/* fresh pages are zero, and what a large scan took goes back to the kernel */
		dlt_discard(memory->start, used);
	} else if (used) {
		memset(memory->start, 0, used);
	}
	memory->next = memory->start;
}
