/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Around a system call that may raise signals which the program must not see: they are blocked
 * meanwhile, and what was raised is taken back. A signal of the kind that waited before is the
 * program's and stays. Async-signal-safe.
 */
#ifndef DLT_QUIET_H
#define DLT_QUIET_H

#include <signal.h>
#include <stdint.h>

#include "system.h"

struct dlt_quiet {
	uint64_t before, waiting; /* kernel's signal sets */
};

static inline struct dlt_quiet dlt_quiet_begin(uint64_t signals)
{
	struct dlt_quiet quiet = { 0 };

	dlt_signal_mask(SIG_BLOCK, &signals, &quiet.before);
	quiet.waiting = quiet.before & signals ? dlt_signals_pending() : 0;
	return quiet;
}

/* `raised`: what the call has raised, 0 if nothing. */
static inline void dlt_quiet_end(const struct dlt_quiet *quiet, uint64_t raised)
{
	while (raised && !(quiet->waiting & raised) && dlt_take_signal(raised) == -EINTR)
		;
	dlt_signal_mask(SIG_SETMASK, &quiet->before, NULL);
}

#endif
