/*
 * Two coroutines are in a dlopen each, and leave them in the order in which they came.
 *
 * expect: {+actor actor> {+extra extra> } } {+a a> } {-a <a } {-extra <extra } {-actor <actor }
 *	PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <ucontext.h>

enum { STACK = 1 << 17 };

static ucontext_t program, first, second;
static char stacks[2][STACK];
static void *actor, *extra;

/* In the constructor of either: to the other coroutine. */
void begin_actor(const char *name);
void begin_actor(const char *name)
{
	if (!strcmp(name, "actor"))
		swapcontext(&first, &second);
	else
		swapcontext(&second, &first);
}

static void run_first(void)
{
	actor = load("actor");
}

static void run_second(void)
{
	extra = load("extra");
}

static void make(ucontext_t *context, int number, ucontext_t *next, void (*function)(void))
{
	getcontext(context);
	context->uc_stack.ss_sp = stacks[number];
	context->uc_stack.ss_size = STACK;
	context->uc_link = next;
	makecontext(context, function, 0);
}

int main(void)
{
	void *a;

	make(&first, 0, &second, run_first);
	make(&second, 1, &program, run_second);
	swapcontext(&program, &first);
	a = load("a");
	unload("a", a);
	unload("extra", extra);
	unload("actor", actor);
	return pass();
}
