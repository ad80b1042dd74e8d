/*
 * Loads and unloads in a signal's handler, on an alternate stack of little more than the signal's
 * frame.
 *
 * expect: {+a a> } {-a <a } handled PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <signal.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

static void handle(int number)
{
	void *a = load("a");

	(void)number;
	unload("a", a);
}

int main(void)
{
	size_t size = ((size_t)sysconf(_SC_MINSIGSTKSZ) + 2 * PAGE - 1) / PAGE * PAGE;
	stack_t alternate = { .ss_size = size };
	struct sigaction action = { .sa_handler = handle, .sa_flags = SA_ONSTACK };
	char *memory = mmap(NULL, PAGE + size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* A page that faults lies below. */
	if (memory == MAP_FAILED || mprotect(memory + PAGE, size, PROT_READ | PROT_WRITE))
		return fail("mmap");
	alternate.ss_sp = memory + PAGE;
	sigaltstack(&alternate, NULL);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	say("handled");
	return pass();
}
