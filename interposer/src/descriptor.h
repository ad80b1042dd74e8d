/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one descriptor of libdltrace.so's own, and where it is hidden. Above the soft limit of
 * descriptors no program gets a number, and none looks: there it is kept between records. Without
 * room there (soft limit = hard limit) none is kept, and each record opens its place anew; but
 * before a call after which nothing may be opened any more, one is kept all the same.
 */
#ifndef DLT_DESCRIPTOR_H
#define DLT_DESCRIPTOR_H

#include <stdbool.h>

/*
 * A descriptor to write one record to: the kept one if it is still ours, else what `open_place`
 * opens; -errno if that fails. Async-signal-safe.
 */
int dlt_descriptor_borrow(int (*open_place)(void));

/* Ends the borrowing: closes what is not kept. */
void dlt_descriptor_give_back(int fd);

/* From now on what is borrowed is kept, below the limit if it can't be above. */
void dlt_descriptor_keep(void);
bool dlt_descriptor_keeps_always(void);

/* From now on nothing is opened: a sandbox may kill for it. */
void dlt_descriptor_seal(void);
bool dlt_descriptor_is_sealed(void);

/* Closes what is kept: its place is given up. */
void dlt_descriptor_drop(void);

/* In a forked child: all begins anew, but what is kept stays if it is to be `shared`. */
void dlt_descriptor_renew(bool shared);

#endif
