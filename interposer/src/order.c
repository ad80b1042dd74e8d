/* SPDX-License-Identifier: Apache-2.0 */
/* The loader's order of objects; see order.h. */
#include "order.h"

#include <string.h>

#include "memory.h"
#include "objects.h"

enum { NODES_MAX = 8192, EDGES_MAX = 131072, NAMES_MAX = 2 * NODES_MAX };

/*
 * A depth-first walk over DT_NEEDED, without recursion: the path from the root, and each one's next
 * edge.
 */
struct walk {
	struct dlt_object *sorted[NODES_MAX];
	uint32_t first_edge[NODES_MAX + 1], edges[EDGES_MAX];
	uint32_t path[NODES_MAX], next_edge[NODES_MAX];
	bool visited[NODES_MAX];
	uint32_t names[NAMES_MAX]; /* hash table: 1 + index of the first object with a needed_as; 0:
				      free */
};

static struct walk *walk;

uint64_t dlt_order_name(const char *soname, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = *soname ? soname : slash ? slash + 1 : path;
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
	return hash;
}

/* The place of a name in the table: the object's, or a free one. */
static uint32_t *place_of(struct dlt_object **objects, uint64_t name)
{
	uint32_t at = (uint32_t)(name % NAMES_MAX);

	while (walk->names[at] && objects[walk->names[at] - 1]->needed_as != name)
		at = (at + 1) % NAMES_MAX;
	return &walk->names[at];
}

static void read_edges(struct dlt_object **objects, uint32_t count)
{
	uint32_t edges = 0;

	memset(walk->names, 0, sizeof(walk->names));
	for (uint32_t i = 0; i < count; i++) {
		uint32_t *place = place_of(objects, objects[i]->needed_as);

		if (!*place)
			*place = i + 1;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct dlt_elf elf;

		walk->first_edge[i] = edges;
		dlt_elf_read_dynamic(objects[i]->map, &elf);
		if (!elf.strings)
			continue;
		for (const ElfW(Dyn) *d = elf.dynamic; d->d_tag != DT_NULL && edges < EDGES_MAX;
		     d++) {
			uint32_t found;

			if (d->d_tag != DT_NEEDED)
				continue;
			found = *place_of(objects, dlt_order_name("", elf.strings + d->d_un.d_val));
			if (found)
				walk->edges[edges++] = found - 1;
		}
	}
	walk->first_edge[count] = edges;
}

void dlt_order_start(void)
{
	walk = dlt_memory_reserve(sizeof(*walk));
}

bool dlt_order_sort(struct dlt_object **objects, uint32_t count)
{
	uint32_t head = count;

	if (!walk || count > NODES_MAX)
		return false;
	read_edges(objects, count);
	memset(walk->visited, 0, count * sizeof(walk->visited[0]));
	for (uint32_t root = count; root-- > 0;) {
		uint32_t depth = 0;

		if (walk->visited[root])
			continue;
		walk->visited[root] = true;
		walk->path[0] = root;
		walk->next_edge[0] = walk->first_edge[root];
		for (;;) {
			uint32_t node = walk->path[depth];

			if (walk->next_edge[depth] < walk->first_edge[node + 1]) {
				uint32_t to = walk->edges[walk->next_edge[depth]++];

				if (walk->visited[to])
					continue;
				walk->visited[to] = true;
				walk->path[++depth] = to;
				walk->next_edge[depth] = walk->first_edge[to];
				continue;
			}
			walk->sorted[--head] = objects[node];
			if (!depth--)
				break;
		}
	}
	memcpy(objects, walk->sorted, count * sizeof(*objects));
	return true;
}
