/*
 * A constructor opens its own library, another one, and closes both; its destructor does so too.
 *
 * expect: {+actor actor> noload:1 again:1 {+a a> } } {-a <a } {-actor {+a a> } {-a } gone:1
 *	<actor <a } {+actor actor> noload:1 again:1 {+a a> } } PASS gone:0 {+a } {-a }
 *	<actor <a
 * ends: exit 0
 * finds: warning dlclose-in-destructor, note deferred-unload, note dlclose-in-destructor,
 *	note leaked-open, note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void *a;

void begin_actor(const char *name);
void begin_actor(const char *name)
{
	void *self = dlopen("libactor.so", RTLD_NOW | RTLD_NOLOAD), *again;

	(void)name;
	say("noload:%d", self != NULL);
	again = dlopen("libactor.so", RTLD_NOW);
	say("again:%d", again == self);
	dlclose(again);
	dlclose(self);
	a = load("a");
}

void end_actor(const char *name);
void end_actor(const char *name)
{
	static int times;
	void *extra;

	(void)name;
	if (times++)
		say("gone:0");
	extra = load("a");
	unload("a", extra);
	if (times == 1)
		say("gone:%d", dlopen("libq0.so", RTLD_NOW | RTLD_NOLOAD) == NULL);
}

int main(void)
{
	void *actor = load("actor");

	unload("a", a);
	unload("actor", actor);
	load("actor");
	return pass();
}
