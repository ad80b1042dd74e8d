/* SPDX-License-Identifier: Apache-2.0 */
/* The strings that putenv(3) has put into the environment: it keeps the pointer, not a copy. */
#ifndef DLT_ENVIRONMENT_H
#define DLT_ENVIRONMENT_H

/* Once, at start. */
void dlt_environment_start(void);

/* After an unload (left.h): writes LEFT of each entry of the environment that is gone. */
void dlt_environment_left(void);

#endif
