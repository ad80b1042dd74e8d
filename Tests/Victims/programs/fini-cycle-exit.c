/*
 * Two libraries that need each other, opened by a thread, are finalized at exit.
 *
 * expect: {+yin yang> yin> } PASS <yang <yin
 * ends: exit 0
 * finds: warning fini-cycle, note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static void *open_yin(void *unused)
{
	return load(unused ? "" : "yin");
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, open_yin, NULL);
	pthread_join(thread, NULL);
	return pass();
}
