/* SPDX-License-Identifier: Apache-2.0 */
/* Strings without stdio and malloc; see text.h. */
#include "text.h"

#include <string.h>

bool dlt_text_join(char *out, size_t size, const char *a, const char *b, const char *c)
{
	size_t a_size = strlen(a), b_size = strlen(b), c_size = strlen(c);

	if (a_size + b_size + c_size >= size) {
		out[0] = 0;
		return false;
	}
	memmove(out, a, a_size);
	memcpy(out + a_size, b, b_size);
	memcpy(out + a_size + b_size, c, c_size + 1);
	return true;
}

const char *dlt_text_number(char buffer[24], uint64_t value, unsigned base, unsigned width)
{
	char *at = buffer + 23;

	*at = 0;
	do {
		*--at = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (buffer + 23 - at < (long)width && at > buffer)
		*--at = '0';
	return at;
}
