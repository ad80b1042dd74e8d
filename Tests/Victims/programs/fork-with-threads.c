/*
 * A plugin's thread works in the parent when another thread forks: in the child it does not exist,
 * so closing the plugin leaves nothing there; the thread that forked does, and its own children.
 *
 * expect: {+worker } {-worker <worker } new child:0 stops PASS <worker
 * ends: exit 0
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>

static void *in_child(void *unused)
{
	say("new");
	return unused;
}

static void *fork_here(void *worker)
{
	pthread_t thread;

	if (!fork()) {
		unload("worker", worker);
		pthread_create(&thread, NULL, in_child, NULL);
		pthread_join(thread, NULL);
		pthread_exit(NULL);
	}
	reap();
	return NULL;
}

int main(void)
{
	void *worker = load("worker");
	pthread_t thread;

	call(worker, "start");
	pthread_create(&thread, NULL, fork_here, worker);
	pthread_join(thread, NULL);
	call(worker, "stop");
	say("stops");
	return pass();
}
