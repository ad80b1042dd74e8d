/*
 * An auditor (rtld-audit(7)) that counts what of the victims' libraries it is told of.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <link.h>

static int opened, closed;

unsigned la_version(unsigned version);
unsigned la_version(unsigned version)
{
	return version;
}

static int is_victims(const struct link_map *map)
{
	const char *slash = strrchr(map->l_name, '/');

	return slash && (!strcmp(slash, "/liba.so") || !strcmp(slash, "/libb.so"));
}

unsigned la_objopen(struct link_map *map, Lmid_t lmid, uintptr_t *cookie);
unsigned la_objopen(struct link_map *map, Lmid_t lmid, uintptr_t *cookie)
{
	(void)lmid;
	*cookie = (uintptr_t)is_victims(map);
	opened += (int)*cookie;
	return 0;
}

unsigned la_objclose(uintptr_t *cookie);
unsigned la_objclose(uintptr_t *cookie)
{
	closed += (int)*cookie;
	if (*cookie)
		say("audit:%d-%d", opened, closed);
	return 0;
}
