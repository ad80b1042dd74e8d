/*
 * A thread prints its own backtrace, and one with the smallest stack there is uses all of it:
 * nothing of a tracer's lies there.
 *
 * expect: program libc.so.6 libc.so.6 free:11K used PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <execinfo.h>
#include <limits.h>
#include <pthread.h>

static void *print_frames(void *unused)
{
	void *frames[16];
	int count = backtrace(frames, 16);
	Dl_info info, program;

	dladdr((void *)print_frames, &program);
	for (int i = 0; i < count; i++) {
		if (!dladdr(frames[i], &info))
			fail("no object");
		say("%s", info.dli_fbase == program.dli_fbase ? "program"
							      : strrchr(info.dli_fname, '/') + 1);
	}
	return unused;
}

static void *use_all(void *unused)
{
	volatile char here, *lowest;
	pthread_attr_t attributes;
	size_t size;

	pthread_getattr_np(pthread_self(), &attributes);
	pthread_attr_getstack(&attributes, (void **)&lowest, &size);
	pthread_attr_destroy(&attributes);
	say("free:%zuK", (size_t)(&here - lowest) >> 10);
	for (volatile char *at = &here - 1024; at >= lowest; at -= 64)
		*at = 1;
	say("used");
	return unused;
}

int main(void)
{
	void *first[1];
	pthread_attr_t small;
	pthread_t thread;

	backtrace(first, 1); /* loads libgcc_s */
	pthread_create(&thread, NULL, print_frames, NULL);
	pthread_join(thread, NULL);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN);
	pthread_create(&thread, &small, use_all, NULL);
	pthread_join(thread, NULL);
	return pass();
}
