/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objects FOLDER: recorded loads and unloads against the loader's own lists. Children open and
 * close FOLDER's libraries (the run script's) at random, in two namespaces, some of which have no
 * init and fini function, some need others, and some can't be loaded because one of those is
 * missing. After each call they note what of FOLDER the loader's lists have, in order. The records
 * up to that call's end must give the same; each object must have been initialized by then, and
 * finalized before it is unloaded.
 */
#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dltrace_wire.h"
#include "spill.h"

enum {
	CHILDREN = 6,
	CALLS = 700,
	SLOTS = 40,
	KINDS = 4,
	COPIES = 24,
	LISTED_MAX = 2 * KINDS * COPIES
};

/* What the loader's lists have after a call, in memory shared with the children. */
static struct account {
	uint32_t count;
	struct {
		const struct link_map *map;
		uint32_t lmid;
	} listed[LISTED_MAX];
} * accounts;

static const char *folder;
static int failures;

/* MARK: the child */

/* Not _r_debug: in a program that names it that is a copy, which knows one namespace. */
static const struct r_debug_extended *lists(void)
{
	const ElfW(Dyn) *d = _DYNAMIC;

	while (d->d_tag != DT_DEBUG)
		d++;
	return (const struct r_debug_extended *)d->d_un.d_ptr;
}

static void note_lists(struct account *account)
{
	const struct r_debug_extended *debug = lists();

	for (uint32_t lmid = 0; debug; lmid++) {
		for (const struct link_map *m = debug->base.r_map; m; m = m->l_next) {
			if (strncmp(m->l_name, folder, strlen(folder)))
				continue;
			if (account->count == LISTED_MAX)
				abort();
			account->listed[account->count].map = m;
			account->listed[account->count++].lmid = lmid;
		}
		debug = debug->base.r_version >= 2 ? debug->r_next : NULL;
	}
}

static void *open_any(Lmid_t *other)
{
	static const char *const kinds[KINDS] = { "own", "silent", "needs", "broken" };
	char path[4096];
	int kind = rand() % KINDS;

	snprintf(path, sizeof(path), "%s/lib%s%d.so", folder, kinds[kind], rand() % COPIES);
	if (rand() % 3 || *other == LM_ID_NEWLM)
		return dlopen(path, rand() % 2 ? RTLD_NOW : RTLD_LAZY);
	return dlmopen(*other, path, RTLD_NOW);
}

static void open_and_close(unsigned seed)
{
	void *slots[SLOTS] = { NULL }, *keeper = NULL;
	Lmid_t other = LM_ID_NEWLM;
	char path[4096];

	srand(seed);
	for (int call = 0; call < CALLS; call++) {
		int slot = rand() % SLOTS;

		if (call ==
		    CALLS / 8) { /* the other namespace comes, and stays until its last goes */
			snprintf(path, sizeof(path), "%s/libown0.so", folder);
			keeper = dlmopen(LM_ID_NEWLM, path, RTLD_NOW);
			if (!keeper || dlinfo(keeper, RTLD_DI_LMID, &other))
				abort();
		} else if (slots[slot]) {
			if (dlclose(slots[slot]))
				abort();
			slots[slot] = NULL;
		} else {
			slots[slot] = open_any(&other);
		}
		note_lists(&accounts[call]);
	}
	_exit(0);
}

/* MARK: the records */

/* An object by its generation. */
static struct replayed {
	uint64_t map;
	uint32_t lmid;
	bool loaded, initialized, finalized;
} objects[4 * CALLS];

static uint32_t order[4 * CALLS], order_count; /* generations of what is loaded */

static void fail(unsigned child, int call, const char *what)
{
	if (++failures < 10)
		printf("FAIL child %u, call %d: %s\n", child, call, what);
}

static void load(const struct dlt_wire_load *load)
{
	const char *path = (const char *)(load + 1);
	uint32_t at = order_count;

	if (strncmp(path, folder, strlen(folder)) || load->generation >= 4 * CALLS)
		return;
	objects[load->generation] = (struct replayed){
		.map = load->link_map,
		.lmid = load->lmid,
		.loaded = true,
	};
	while (at > 0 && objects[order[at - 1]].lmid > load->lmid) {
		order[at] = order[at - 1];
		at--;
	}
	order[at] = load->generation;
	order_count++;
}

static void unload(unsigned child, int call, uint32_t generation)
{
	uint32_t at = 0;

	while (at < order_count && order[at] != generation)
		at++;
	if (at == order_count)
		return; /* not of the folder */
	if (objects[generation].initialized != objects[generation].finalized)
		fail(child, call, "unloaded without a fini");
	memmove(&order[at], &order[at + 1], (--order_count - at) * sizeof(order[0]));
}

static void compare(unsigned child, int call)
{
	const struct account *account = &accounts[call];

	if (account->count != order_count) {
		fail(child, call, "other objects than the loader has");
		return;
	}
	for (uint32_t i = 0; i < order_count; i++) {
		const struct replayed *object = &objects[order[i]];

		if (object->map != (uint64_t)(uintptr_t)account->listed[i].map ||
		    object->lmid != account->listed[i].lmid)
			fail(child, call, "another object than the loader has, or another order");
		if (!object->initialized || object->finalized)
			fail(child, call, "not initialized, or finalized");
	}
}

/* Returns how many calls were compared. */
static int replay(unsigned child, pid_t pid)
{
	const struct dlt_wire_header *header;
	struct spill spill;
	uint64_t seq = 0; /* of the call in question */
	int call = 0;

	memset(objects, 0, sizeof(objects));
	order_count = 0;
	if (!spill_open(&spill, pid))
		return 0;
	while ((header = spill_next(&spill)) && call < CALLS) {
		uint32_t generation = *(const uint32_t *)(header + 1);

		switch (header->kind) {
		case DLT_WIRE_DLOPEN:
		case DLT_WIRE_DLMOPEN:
		case DLT_WIRE_DLCLOSE:
			seq = header->parent ? seq : header->seq;
			break;
		case DLT_WIRE_LOAD:
			load((const struct dlt_wire_load *)(header + 1));
			break;
		case DLT_WIRE_INIT:
			objects[generation % (4 * CALLS)].initialized = true;
			break;
		case DLT_WIRE_FINI:
			objects[generation % (4 * CALLS)].finalized = true;
			break;
		case DLT_WIRE_UNLOAD:
			unload(child, call, generation);
			break;
		case DLT_WIRE_END:
			if (header->parent == seq)
				compare(child, call++);
			break;
		}
	}
	free(spill.bytes);
	return call;
}

int main(int count, char **arguments)
{
	int compared = 0;

	if (count != 2)
		return 64;
	folder = arguments[1];
	accounts = mmap(NULL, CALLS * sizeof(*accounts), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (accounts == MAP_FAILED)
		return 71;
	for (unsigned child = 0; child < CHILDREN; child++) {
		int status = 0;
		pid_t pid;

		memset(accounts, 0, CALLS * sizeof(*accounts));
		pid = fork();
		if (!pid)
			open_and_close(child + 1);
		if (waitpid(pid, &status, 0) != pid || status)
			fail(child, 0, "the child ended badly");
		compared += replay(child, pid);
	}
	printf("objects: %d of %d calls compared, %d failures\n", compared, CHILDREN * CALLS,
	       failures);
	return failures || compared != CHILDREN * CALLS;
}
