/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of thread-specific data (pthread_key_create(3), tss_create(3)) with a destructor. */
#ifndef DLT_KEYS_H
#define DLT_KEYS_H

/* After an unload (left.h): writes LEFT of each key whose destructor is gone. */
void dlt_keys_left(void);

#endif
