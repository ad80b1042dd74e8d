/*
 * main leaves by pthread_exit; the last thread's end is the process's.
 *
 * expect: {+a a> } {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static pthread_t first;

static void *last(void *unused)
{
	void *a;

	(void)unused;
	pthread_join(first, NULL);
	a = load("a");
	unload("a", a);
	pass();
	return NULL;
}

int main(void)
{
	pthread_t thread;

	first = pthread_self();
	pthread_create(&thread, NULL, last, NULL);
	pthread_exit(NULL);
}
