/* SPDX-License-Identifier: Apache-2.0 */
/* DLTRACE_PIN: objects that are never unloaded, to prove that unloading them is the cause. */
#ifndef DLT_PIN_H
#define DLT_PIN_H

#include <stdbool.h>

/* Once, at start: reads DLTRACE_PIN, globs separated by colons. */
void dlt_pin_configure(void);

/* Whether anything is to be pinned. */
bool dlt_pin_is_on(void);

/*
 * Whether a glob matches: one with a slash the path, another one its last part. Knows *, ?, [abc],
 * [a-z], [!abc]; * takes slashes too.
 */
bool dlt_pin_wants(const char *path);

/*
 * Pins what was loaded and is wanted, by a real dlopen with RTLD_NOLOAD and RTLD_NODELETE and a
 * dlclose, so that open counts stay. Before and after the program's own calls; errno is kept.
 */
void dlt_pin_loaded(void);

#endif
