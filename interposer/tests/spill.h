/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests that read what they have recorded themselves: the first spill file of a process in
 * $DLTRACE_SPILL, record by record (docs/wire-format.md).
 */
#ifndef SPILL_H
#define SPILL_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dltrace_wire.h"

struct spill {
	const char *bytes;
	off_t size, next;
};

/* False where the process has none. */
static inline int spill_open(struct spill *spill, pid_t pid)
{
	const char *folder = getenv("DLTRACE_SPILL");
	DIR *dir = folder ? opendir(folder) : NULL;
	char prefix[32], path[4096] = "";
	struct dirent *entry;
	int fd;

	snprintf(prefix, sizeof(prefix), "%d-", pid);
	while (dir && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, prefix, strlen(prefix)))
			snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
	if (dir)
		closedir(dir);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	spill->size = lseek(fd, 0, SEEK_END);
	spill->bytes = mmap(NULL, (size_t)spill->size, PROT_READ, MAP_SHARED, fd, 0);
	spill->next = 0;
	close(fd);
	return spill->bytes != MAP_FAILED;
}

/* The next record; NULL behind the last one. Steps over places where none was written. */
static inline const struct dlt_wire_header *spill_next(struct spill *spill)
{
	while (spill->next + (off_t)sizeof(struct dlt_wire_header) <= spill->size) {
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
