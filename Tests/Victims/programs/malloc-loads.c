/*
 * A malloc that loads and unloads by itself, wherever it is called: also within the loader.
 *
 * expect: {+a a> } {-a <a } loads:5 PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void *(*next_malloc)(size_t);
static int is_within, is_on, loads;

void *malloc(size_t size)
{
	if (!next_malloc)
		*(void **)&next_malloc = dlsym(RTLD_NEXT, "malloc");
	if (is_on && !is_within && loads < 5) {
		is_within = 1;
		dlclose(dlopen("libq0.so", RTLD_NOW));
		is_within = 0;
		loads++;
	}
	return next_malloc(size);
}

int main(void)
{
	void *volatile memory = malloc(1);
	void *a, *q1;

	is_on = 1;
	for (int i = 0; i < 4; i++) {
		free(memory);
		memory = malloc(1);
	}
	q1 = dlopen("libq1.so", RTLD_NOW);
	is_on = 0;
	dlclose(q1);
	a = load("a");
	unload("a", a);
	free(memory);
	say("loads:%d", loads);
	return pass();
}
