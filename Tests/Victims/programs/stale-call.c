/*
 * Calls a function through a pointer that it kept from a library it has closed.
 *
 * expect: {+a a> } a.work {-a <a }
 * ends: signal SEGV
 * finds: error use-after-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void run_again(victim_function work)
{
	work();
	__asm__ volatile("");
}

int main(void)
{
	void *a = load("a");
	victim_function work = find(a, "work");

	work();
	unload("a", a);
	run_again(work);
	return pass();
}
