/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles that are closed for good: those of objects that are gone, and of objects that are still
 * there although every dlopen that was seen has had its dlclose.
 */
#ifndef DLT_STALE_H
#define DLT_STALE_H

#include <stdbool.h>
#include <stdint.h>

struct dlt_object;

/* `generation`: of the object that is still there, else 0. Any thread, any time. */
void dlt_stale_add(const void *handle, uint32_t generation);

/* The handle is good again: opened anew, or another object's now. Any thread, any time. */
void dlt_stale_remove(const void *handle);

/*
 * Count a successful dlopen or dlclose of the object, which is still there. True for the dlclose
 * that was the last one to come.
 */
void dlt_stale_opened(struct dlt_object *object);
bool dlt_stale_closed(struct dlt_object *object);

/*
 * Before the real call: writes STALE if the handle is a stale one. `function` is of enum
 * dlt_wire_stale_function, `name` may be NULL. Errno is kept.
 */
void dlt_stale_use(const void *handle, uint16_t function, const char *name);

#endif
