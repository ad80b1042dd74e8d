/* SPDX-License-Identifier: Apache-2.0 */
/* Claims a slot of the ledger; see ledger.h. */
#include "ledger.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "descriptor.h"
#include "dltrace_wire.h"
#include "lost.h"
#include "process.h"
#include "spill.h"
#include "system.h"

enum { ATTEMPTS_MAX = 100 };

static struct dlt_wire_ledger_slot *slots;
static size_t slot_count;
static atomic_flag busy = ATOMIC_FLAG_INIT;
static _Atomic unsigned attempts;

void dlt_ledger_forked(void)
{
	atomic_flag_clear(&busy);
	atomic_store(&attempts, 0);
}

static void map(void)
{
	struct stat status = { 0 };
	int fd = dlt_descriptor_is_sealed() ? -EPERM : dlt_spill_open_ledger();

	if (fd < 0)
		return;
	if (!dlt_fstat(fd, &status) && S_ISREG(status.st_mode) && status.st_uid == dlt_geteuid()) {
		slot_count = (size_t)status.st_size / sizeof(*slots);
		if (slot_count > DLT_WIRE_LEDGER_BYTES / sizeof(*slots))
			slot_count = DLT_WIRE_LEDGER_BYTES / sizeof(*slots);
		if (slot_count)
			slots = dlt_map_file(fd, slot_count * sizeof(*slots));
	}
	dlt_close(fd);
}

void dlt_ledger_keep(void)
{
	if (atomic_flag_test_and_set(&busy))
		return;
	if (!slots)
		map();
	atomic_flag_clear(&busy);
}

/* Pids are numbers of a namespace: 0 in the upper half where it is not known. */
static uint64_t owner(void)
{
	struct stat status = { 0 };

	if (dlt_descriptor_is_sealed() || dlt_stat("/proc/self/ns/pid", &status))
		status.st_ino = 0;
	return (uint64_t)status.st_ino << 32 | dlt_process.pid;
}

static void fill(struct dlt_wire_ledger_slot *slot)
{
	size_t size = dlt_process_describe(&slot->hello, slot->text, sizeof(slot->text));

	slot->hello_header = (struct dlt_wire_header){
		.version = DLT_WIRE_VERSION,
		.kind = DLT_WIRE_HELLO,
		.parts = 1,
		.pid = dlt_process.pid,
		.tid = dlt_process.pid,
		.stream = dlt_process.stream,
		.seq = 1,
		.time_ns = dlt_process.started_ns,
		.body_padding = (uint16_t)(-size & (DLT_WIRE_ALIGN - 1)),
	};
	slot->hello_header.length = (uint32_t)(offsetof(struct dlt_wire_ledger_slot, text) -
					       offsetof(struct dlt_wire_ledger_slot, hello_header) +
					       size + slot->hello_header.body_padding);
	atomic_store_explicit((_Atomic uint32_t *)&slot->hello_header.magic, DLT_WIRE_MAGIC,
			      memory_order_release);
	dlt_lost_begin(&slot->lost_header);
}

void dlt_ledger_enter(void)
{
	uint64_t self;

	if (dlt_lost_has_begun() || atomic_load(&attempts) >= ATTEMPTS_MAX ||
	    atomic_flag_test_and_set(&busy))
		return;
	if (!slots)
		map();
	self = owner();
	for (size_t i = 0; i < slot_count && slots && !dlt_lost_has_begun(); i++) {
		uint64_t none = 0;

		if (atomic_compare_exchange_strong((_Atomic uint64_t *)&slots[i].owner, &none,
						   self))
			fill(&slots[i]);
	}
	atomic_fetch_add(&attempts, 1);
	atomic_flag_clear(&busy);
}
