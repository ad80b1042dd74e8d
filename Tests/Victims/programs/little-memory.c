/*
 * Loads and unloads with hardly any address space left (RLIMIT_AS), then with none, then
 * with plenty.
 *
 * expect: {+a a> } {-a <a } {+top bottom> top> } {-top <top <bottom } {+a failed } liba.so:
 *	failed to map segment from shared object PASS
 * ends: exit 0
 * finds: note failed-dlopen
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <sys/mman.h>
#include <sys/resource.h>

static unsigned long pages(void)
{
	unsigned long count = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (!file || fscanf(file, "%lu", &count) != 1)
		fail("statm");
	fclose(file);
	return count;
}

int main(void)
{
	void *a = load("a");
	unsigned long bytes = (pages() << 12) + (1 << 20);
	struct rlimit limit = { bytes, RLIM_INFINITY };

	setrlimit(RLIMIT_AS, &limit);
	unload("a", a);
	a = load("top");
	unload("top", a);
	while (mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		;
	a = load_as("a", RTLD_NOW);
	say(a ? "?" : dlerror());
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_AS, &limit);
	return pass();
}
