/* SPDX-License-Identifier: Apache-2.0 */
/* The functions that are registered to run at the end; handlers.c has the hooks. */
#ifndef DLT_HANDLERS_H
#define DLT_HANDLERS_H

/*
 * After an unload (left.h): writes LEFT of each handler that is gone and will be called all the
 * same.
 */
void dlt_handlers_left(void);

#endif
