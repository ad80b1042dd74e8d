/*
 * Dies in the way it is told to, a few frames deep.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>
#include <signal.h>

static void die(const char *way)
{
	static int *volatile nowhere = (int *)8;
	static void (*volatile nothing)(void) = (void (*)(void))16;
	static volatile int zero;

	if (!strcmp(way, "pointer") || !strcmp(way, "thread"))
		*nowhere = 1;
	if (!strcmp(way, "abort"))
		abort();
	if (!strcmp(way, "divide"))
		zero = 6 / zero;
	if (!strcmp(way, "jump"))
		nothing();
	if (!strcmp(way, "instruction"))
		__builtin_trap();
	if (!strcmp(way, "raise"))
		raise(SIGSEGV);
	if (!strcmp(way, "trap"))
		__asm__ volatile("int3");
}

static void *run(void *way)
{
	die(way);
	return NULL;
}

int main(int count, char **arguments)
{
	char *way = count > 1 ? arguments[1] : "";
	pthread_t thread;

	if (strcmp(way, "thread"))
		return run(way) != NULL;
	pthread_create(&thread, NULL, run, way);
	pthread_join(thread, NULL);
	return 0;
}
