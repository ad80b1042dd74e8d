/*
 * A thread closes a library for the second time, which another library keeps: glibc says that it is
 * not open.
 *
 * expect: {+bottom bottom> } {+top top> } {-bottom } twice:-1 {-top <top <bottom } PASS
 * ends: exit 0
 * finds: error stale-handle, note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static void *close_again(void *bottom)
{
	say("twice:%d", dlclose(bottom));
	if (!strstr(dlerror(), "not open"))
		fail("text");
	return NULL;
}

int main(void)
{
	void *bottom = load("bottom"), *top = load("top");
	pthread_t thread;

	unload("bottom", bottom);
	pthread_create(&thread, NULL, close_again, bottom);
	pthread_join(thread, NULL);
	unload("top", top);
	return pass();
}
