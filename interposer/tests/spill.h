/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests that read what they have recorded themselves: the spill files of a process in
 * $DLTRACE_SPILL, record by record (docs/wire-format.md).
 */
#ifndef SPILL_H
#define SPILL_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dltrace_wire.h"

struct spill {
	char *bytes;
	size_t size, next;
};

/* Appends a file; false where there is none. */
static inline int spill_append(struct spill *spill, const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat status;

	if (fd < 0 || fstat(fd, &status))
		return 0;
	spill->bytes = realloc(spill->bytes, spill->size + (size_t)status.st_size);
	if (!spill->bytes ||
	    read(fd, spill->bytes + spill->size, (size_t)status.st_size) != status.st_size)
		abort();
	spill->size += (size_t)status.st_size;
	close(fd);
	return 1;
}

/* False where the process has none. */
static inline int spill_open(struct spill *spill, pid_t pid)
{
	const char *folder = getenv("DLTRACE_SPILL");
	DIR *dir = folder ? opendir(folder) : NULL;
	char first[32], stream[17], path[4096];
	struct dirent *entry = NULL;
	int number = 0;

	*spill = (struct spill){ 0 };
	snprintf(first, sizeof(first), "%d-%%16[0-9a-f].spill", pid);
	while (dir && (entry = readdir(dir)) && sscanf(entry->d_name, first, stream) != 1)
		;
	if (!dir || !entry)
		return 0;
	closedir(dir);
	snprintf(path, sizeof(path), "%s/%d-%s.spill", folder, pid, stream);
	while (spill_append(spill, path))
		snprintf(path, sizeof(path), "%s/%d-%s-%d.spill", folder, pid, stream, ++number);
	return number > 0;
}

/* The next record; NULL behind the last one. Steps over places where none was written. */
static inline const struct dlt_wire_header *spill_next(struct spill *spill)
{
	while (spill->next + sizeof(struct dlt_wire_header) <= spill->size) {
		const struct dlt_wire_header *header =
			(const struct dlt_wire_header *)(spill->bytes + spill->next);

		if (header->magic == DLT_WIRE_MAGIC) {
			spill->next += header->length;
			return header;
		}
		spill->next += DLT_WIRE_ALIGN;
	}
	return NULL;
}

#endif
