/*
 * A thousand threads at once, a thousand more one after the other, and threads that make threads.
 *
 * expect: at-once:1000 one-by-one:1000 nested:50 PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

enum { MANY = 1000, DEEP = 50 };

static atomic_int count;
static pthread_barrier_t all;

static void *meet(void *unused)
{
	pthread_barrier_wait(&all);
	atomic_fetch_add(&count, 1);
	return unused;
}

static void *just_count(void *unused)
{
	atomic_fetch_add(&count, 1);
	return unused;
}

static void *go_on(void *left)
{
	pthread_t next;

	atomic_fetch_add(&count, 1);
	if ((long)left > 1 && !pthread_create(&next, NULL, go_on, (void *)((long)left - 1)))
		pthread_join(next, NULL);
	return NULL;
}

int main(void)
{
	static pthread_t threads[MANY];
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 4 * PTHREAD_STACK_MIN);
	pthread_barrier_init(&all, NULL, MANY);
	for (int i = 0; i < MANY; i++)
		if (pthread_create(&threads[i], &small, meet, NULL))
			fail("pthread_create");
	for (int i = 0; i < MANY; i++)
		pthread_join(threads[i], NULL);
	say("at-once:%d", atomic_exchange(&count, 0));

	for (int i = 0; i < MANY; i++) {
		pthread_create(&threads[0], NULL, just_count, NULL);
		pthread_join(threads[0], NULL);
	}
	say("one-by-one:%d", atomic_exchange(&count, 0));

	pthread_create(&threads[0], NULL, go_on, (void *)(long)DEEP);
	pthread_join(threads[0], NULL);
	say("nested:%d", atomic_load(&count));
	return pass();
}
