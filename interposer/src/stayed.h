/* SPDX-License-Identifier: Apache-2.0 */
/* Why a dlclose left an object: what binds to it, where neither open counts nor needs say it. */
#ifndef DLT_STAYED_H
#define DLT_STAYED_H

struct dlt_object;

/*
 * After the dlclose that took the object's last open, beneath its scope: writes STAYED for the
 * relocations that keep it, once for an object. Not from within the loader.
 */
void dlt_stayed(struct dlt_object *object);

#endif
