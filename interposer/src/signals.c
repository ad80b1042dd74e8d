/* SPDX-License-Identifier: Apache-2.0 */
/* The table of signal handlers; see signals.h. */
#include "signals.h"

#include <stdatomic.h>
#include <stdint.h>

#include "hooks.h"
#include "left.h"
#include "process.h"
#include "registrations.h"
#include "system.h"

/* Words without a lock: sigaction(2) is called in signal handlers. */
static struct {
	_Atomic uint64_t handler; /* 0: none that was seen */
	_Atomic uint64_t seq, stream;
	_Atomic uint32_t generation;
} signals[NSIG];

/* Signals that ever had a handler: bit n - 1 is signal n. */
static _Atomic uint64_t handled;

static bool is_handler(sighandler_t handler)
{
	return handler != SIG_DFL && handler != SIG_IGN;
}

void dlt_signals_changed(int number, sighandler_t before, sighandler_t after)
{
	uint64_t address = (uint64_t)(uintptr_t)after;
	struct dlt_registered registered;

	if (before == after || (!is_handler(before) && !is_handler(after)) || number < 1 ||
	    number >= NSIG)
		return;
	registered = dlt_register((struct dlt_wire_register){ .type = DLT_WIRE_REF_SIGNAL,
							      .address = address,
							      .number = number },
				  NULL);
	if (!registered.seq)
		return; /* a vfork child has signal handlers of its own, but not this memory */
	atomic_store(&signals[number].seq, registered.seq);
	atomic_store(&signals[number].stream, registered.stream);
	atomic_store(&signals[number].generation, registered.generation);
	atomic_store(&signals[number].handler, is_handler(after) ? address : 0);
	atomic_fetch_or(&handled, dlt_signal_bit(number));
}

void dlt_signals_left(void)
{
	for (uint64_t rest = atomic_load(&handled); rest; rest &= rest - 1) {
		int number = __builtin_ctzll(rest) + 1;
		uint64_t handler =
			atomic_load_explicit(&signals[number].handler, memory_order_relaxed);
		struct dlt_registered registered = {
			.seq = atomic_load(&signals[number].seq),
			.stream = atomic_load(&signals[number].stream),
			.generation = atomic_load(&signals[number].generation),
		};
		const struct dlt_gone *gone = dlt_registered_gone(handler, registered);
		struct dlt_wire_left left;
		struct sigaction now;

		/* the kernel knows what an unseen caller has made of it, or SA_RESETHAND */
		if (!gone || dlt_real.sigaction(number, NULL, &now) ||
		    (uint64_t)(uintptr_t)now.sa_handler != handler)
			continue;
		left = dlt_registered_left(DLT_WIRE_REF_SIGNAL, gone->generation, handler,
					   registered);
		left.number = number;
		dlt_left_emit(left, NULL, NULL);
	}
}
