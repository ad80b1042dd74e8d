/* SPDX-License-Identifier: Apache-2.0 */
/* The waiting records, in static memory; see backlog.h. */
#include "backlog.h"

#include <stdatomic.h>
#include <string.h>

#include "dltrace_wire.h"

static _Alignas(DLT_WIRE_ALIGN) char records[65536];
static _Atomic size_t used;
static atomic_flag busy = ATOMIC_FLAG_INIT;

void dlt_backlog_add(const void *record, size_t size)
{
	size_t end;

	if (atomic_flag_test_and_set(&busy))
		return;
	end = atomic_load(&used);
	if (size <= sizeof(records) - end) {
		memcpy(records + end, record, size);
		atomic_store(&used, end + size);
	}
	atomic_flag_clear(&busy);
}

void dlt_backlog_flush(bool (*write_record)(int fd, const void *record, size_t size), int fd)
{
	size_t at = 0;

	if (!atomic_load(&used) || atomic_flag_test_and_set(&busy))
		return;
	while (at < atomic_load(&used)) {
		const char *record = records + at;
		size_t size = ((const struct dlt_wire_header *)(const void *)record)->length;

		if (!write_record(fd, record, size))
			break;
		at += size;
	}
	atomic_store(&used, 0);
	atomic_flag_clear(&busy);
}

void dlt_backlog_clear(void)
{
	atomic_store(&used, 0);
	atomic_flag_clear(&busy);
}
