/* SPDX-License-Identifier: Apache-2.0 */
/* Who has which trail; see trail.h. */
#include "trail.h"

#include <stdatomic.h>
#include <stddef.h>

#include "../arch/arch.h"

/* Threads share them by chance, which costs a walk; untouched ones take no memory. */
enum { TRAILS_BITS = 6, TRAILS = 1 << TRAILS_BITS };

static struct {
	atomic_bool in_use;
	struct dlt_trail trail;
} trails[TRAILS];

struct dlt_trail *dlt_trail_enter(void)
{
	uint64_t thread = dlt_arch_thread();
	size_t i = (thread * 0x9e3779b97f4a7c15u) >> (64 - TRAILS_BITS);

	if (atomic_exchange_explicit(&trails[i].in_use, true, memory_order_acquire))
		return NULL;
	if (trails[i].trail.thread != thread) {
		trails[i].trail.thread = thread;
		trails[i].trail.count = 0;
	}
	return &trails[i].trail;
}

void dlt_trail_leave(struct dlt_trail *trail)
{
	size_t i = ((uintptr_t)trail - (uintptr_t)trails) / sizeof(trails[0]);

	atomic_store_explicit(&trails[i].in_use, false, memory_order_release);
}
