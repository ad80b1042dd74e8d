/*
 * What an audit library (LD_AUDIT, rtld-audit(7)) costs that does the least: one write for each
 * object that comes or goes, to the file BENCH_AUDIT names. For comparison; it knows no callers and
 * no finis.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int output = -1;

static void write_event(const char *what, const char *path, const void *object)
{
	char line[512];
	int length = snprintf(line, sizeof(line), "%s %p %s\n", what, object, path);

	if (length > (int)sizeof(line) - 1)
		length = (int)sizeof(line) - 1;
	if (write(output, line, (size_t)length) != length)
		abort();
}

__attribute__((visibility("default"))) unsigned int la_version(unsigned int version)
{
	const char *path = getenv("BENCH_AUDIT");

	output = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600) : -1;
	return output < 0 ? 0 : version;
}

__attribute__((visibility("default"))) unsigned int la_objopen(struct link_map *map, Lmid_t unused,
							       uintptr_t *cookie)
{
	(void)unused;
	*cookie = (uintptr_t)map;
	write_event("open", map->l_name, map);
	return 0;
}

__attribute__((visibility("default"))) unsigned int la_objclose(uintptr_t *cookie)
{
	write_event("close", "", (const void *)*cookie);
	return 0;
}
