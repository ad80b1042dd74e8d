/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's account of what is mapped, proc_pid_maps(5). */
#ifndef DLT_MAPPING_H
#define DLT_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The path of the file that is mapped at an address; false where none is, or it does not fit. */
bool dlt_mapping_file(uint64_t address, char *path, size_t size);

#endif
