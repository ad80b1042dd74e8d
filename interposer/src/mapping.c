/* SPDX-License-Identifier: Apache-2.0 */
/* Reads /proc/self/maps; see mapping.h. */
#include "mapping.h"

#include <limits.h>
#include <string.h>

#include "system.h"
#include "text.h"

static const char *read_hexadecimal(const char *text, uint64_t *value)
{
	for (*value = 0;; text++) {
		unsigned digit = (unsigned char)*text;

		digit = digit >= 'a' ? digit - 'a' + 10 : digit - '0';
		if (digit > 15)
			return text;
		*value = *value << 4 | digit;
	}
}

/* A line begins with START-END; a path is the first in it that has a slash. */
static const char *file_at(const char *line, uint64_t address)
{
	uint64_t start, end;
	const char *rest = read_hexadecimal(line, &start);

	if (*rest != '-')
		return NULL;
	rest = read_hexadecimal(rest + 1, &end);
	return address >= start && address < end ? strchr(rest, '/') : NULL;
}

bool dlt_mapping_file(uint64_t address, char *path, size_t size)
{
	char text[PATH_MAX + 256] = "";
	int fd = dlt_open("/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);
	bool found = false;
	size_t used = 0;
	long got;

	if (fd < 0)
		return false;
	while (!found && (got = dlt_read(fd, text + used, sizeof(text) - used)) > 0) {
		char *line = text, *end;

		used += (size_t)got;
		while (!found && (end = memchr(line, '\n', used - (size_t)(line - text)))) {
			const char *file;

			*end = 0;
			file = file_at(line, address);
			found = file && dlt_text_join(path, size, file, "", "");
			line = end + 1;
		}
		used -= (size_t)(line - text);
		memmove(text, line, used);
	}
	dlt_close(fd);
	return found;
}
