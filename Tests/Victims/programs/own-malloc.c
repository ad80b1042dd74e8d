/*
 * Has a malloc of its own, which finds the next one by dlsym in its first call and counts: none
 * of the tracer's may be among them.
 *
 * expect: {+a a> } {+b b> } {-b <b } calls:5 {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void *(*next_malloc)(size_t);
static void (*next_free)(void *);
static char pool[4096];
static size_t used;
static int searching, count;

void *malloc(size_t size)
{
	count++;
	if (searching) {
		used += (size + 15) & ~(size_t)15;
		return used > sizeof(pool) ? NULL : pool + used - ((size + 15) & ~(size_t)15);
	}
	if (!next_malloc) {
		searching = 1;
		*(void **)&next_malloc = dlsym(RTLD_NEXT, "malloc");
		*(void **)&next_free = dlsym(RTLD_NEXT, "free");
		searching = 0;
	}
	return next_malloc(size);
}

void free(void *memory)
{
	if (memory && ((char *)memory < pool || (char *)memory >= pool + sizeof(pool)))
		next_free(memory);
}

int main(void)
{
	void *volatile one = malloc(1);
	void *a = load("a"), *b;
	int before = count;

	b = load("b");
	unload("b", b);
	say("calls:%d", count - before);
	unload("a", a);
	free(one);
	return pass();
}
