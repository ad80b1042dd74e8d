/* SPDX-License-Identifier: Apache-2.0 */
/* Strings without stdio and malloc. All async-signal-safe. */
#ifndef DLT_TEXT_H
#define DLT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* a + b + c into `out` (which `a` may be); false when it does not fit, then `out` is empty. */
bool dlt_text_join(char *out, size_t size, const char *a, const char *b, const char *c);

/* A number in base 10 or 16 with at least `width` digits; returns where in `buffer` it begins. */
const char *dlt_text_number(char buffer[24], uint64_t value, unsigned base, unsigned width);

#endif
