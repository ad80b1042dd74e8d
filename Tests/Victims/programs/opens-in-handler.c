/*
 * A signal's handler loads and unloads: outside of any call, within a constructor, and on an
 * alternate stack.
 *
 * expect: {+a a> } {-a <a } {+actor actor> {+a a> } {-a <a } } {-actor {+a a> } {-a } <actor <a
 *	} {+a a> } {-a <a } PASS
 * ends: exit 0
 * finds: warning dlclose-in-destructor, note deferred-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <signal.h>

static char stack[1 << 16];

static void handle(int number)
{
	void *a = load("a");

	(void)number;
	unload("a", a);
}

void begin_actor(const char *name);
void begin_actor(const char *name)
{
	(void)name;
	raise(SIGUSR1);
}

void end_actor(const char *name);
void end_actor(const char *name)
{
	(void)name;
	raise(SIGUSR1);
}

int main(void)
{
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_handler = handle };
	void *actor;

	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	actor = load("actor");
	unload("actor", actor);
	sigaltstack(&alternate, NULL);
	action.sa_flags = SA_ONSTACK;
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	return pass();
}
