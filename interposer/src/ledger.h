/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger beside the spill folder (struct dlt_wire_ledger_slot): where a process that never
 * could map a file has its LOST record.
 */
#ifndef DLT_LEDGER_H
#define DLT_LEDGER_H

/* In a forked child: the mapping is inherited, the slot is the parent's. */
void dlt_ledger_forked(void);

/* Maps it now, for this process and its children, since later nothing may be opened any more. */
void dlt_ledger_keep(void);

/* Begins this process's LOST record in a slot, if it has none. Async-signal-safe. */
void dlt_ledger_enter(void);

#endif
