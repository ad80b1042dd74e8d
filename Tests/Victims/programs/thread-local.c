/*
 * A pending thread_local destructor keeps a library loaded after its last dlclose, until the
 * thread ends; then another dlclose can take it.
 *
 * expect: {+perthread } use {-perthread } thread ends ~thread {+a a> } {-a <perthread <a } PASS
 * ends: exit 0
 * finds: note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static void *use(void *unused)
{
	void *perthread = load("perthread");

	(void)unused;
	call(perthread, "use_thread_local");
	unload("perthread", perthread);
	say("thread ends");
	return NULL;
}

int main(void)
{
	pthread_t thread;
	void *a;

	pthread_create(&thread, NULL, use, NULL);
	pthread_join(thread, NULL);
	a = load("a");
	unload("a", a);
	return pass();
}
