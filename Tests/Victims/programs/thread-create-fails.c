/*
 * Threads that can't be made: what pthread_create and thrd_create return, that they leave errno as
 * ever, and that the next thread is made all the same.
 *
 * expect: 11 errno:12 2 made:7 made:8 PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>
#include <sys/resource.h>
#include <threads.h>

static void *give(void *number)
{
	return number;
}

static int give_int(void *number)
{
	return *(int *)number;
}

int main(void)
{
	struct rlimit usual, none;
	pthread_attr_t huge;
	pthread_t thread;
	thrd_t c11;
	void *result;
	int eight = 8;

	pthread_attr_init(&huge);
	pthread_attr_setstacksize(&huge, (size_t)1 << 46);
	errno = 0;
	say("%d", pthread_create(&thread, &huge, give, NULL));
	say("errno:%d", errno);

	getrlimit(RLIMIT_AS, &usual);
	none = usual;
	none.rlim_cur = 1;
	setrlimit(RLIMIT_AS, &none);
	say("%d", thrd_create(&c11, give_int, &eight));
	setrlimit(RLIMIT_AS, &usual);

	pthread_create(&thread, NULL, give, (void *)7);
	pthread_join(thread, &result);
	say("made:%ld", (long)result);
	thrd_create(&c11, give_int, &eight);
	thrd_join(c11, &eight);
	say("made:%d", eight);
	return pass();
}
