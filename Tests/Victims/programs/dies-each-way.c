/*
 * Children that die by fatal signals in every way: the statuses are the kernel's.
 *
 * expect: {+a a> } child:signal11 child:signal7 child:signal6 child:signal11
 *	child:signal4 child:signal6 child:signal6 child:signal11 later child:9 child:signal8
 *	child:signal4 child:signal5 child:signal31 child:signal15 child:signal5 {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>
#include <signal.h>

static void block(int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void die(int way)
{
	static int *volatile nowhere;
	static volatile int zero, one = 1;
	union sigval value = { .sival_int = 5 };

	switch (way) {
	case 0:
		raise(SIGSEGV);
		break;
	case 1:
		kill(getpid(), SIGBUS);
		pause();
		break;
	case 2:
		abort();
	case 3:
		sigqueue(getpid(), SIGSEGV, value);
		pause();
		break;
	case 4:
		pthread_kill(pthread_self(), SIGILL);
		break;
	case 5:
		signal(SIGABRT, SIG_IGN);
		abort();
	case 6:
		block(SIGABRT);
		abort();
	case 7:
		block(SIGSEGV);
		*nowhere = 1;
		break;
	case 8:
		block(SIGSEGV);
		raise(SIGSEGV);
		say("later");
		_exit(9);
	case 9:
		one /= zero;
		break;
	case 10:
		__builtin_trap();
	case 11:
		raise(SIGTRAP);
		break;
	case 12:
		raise(SIGSYS);
		break;
	case 13:
		raise(SIGTERM);
		break;
#ifdef __x86_64__
	case 14:
		__asm__ volatile("int3");
		break;
#else
	case 14:
		raise(SIGTRAP);
		break;
#endif
	}
}

int main(void)
{
	void *a = load("a");

	for (int way = 0; way < 15; way++) {
		if (fork() == 0) {
			dlclose(dlopen("libq0.so", RTLD_NOW));
			die(way);
			return fail("alive");
		}
		reap();
	}
	unload("a", a);
	return pass();
}
