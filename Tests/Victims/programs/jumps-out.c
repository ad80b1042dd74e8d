/*
 * A constructor leaves its dlopen by longjmp, once from beneath two: later calls are as ever.
 *
 * expect: {+actor actor> jumped {+b b> } {-b <b } {+extra extra> {+actor } jumped {+b b> } {-b <b
 *	} PASS <actor <extra
 * ends: exit 0
 * finds: note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <setjmp.h>

static jmp_buf before;

void begin_actor(const char *name);
void begin_actor(const char *name)
{
	if (!strcmp(name, "extra"))
		load("actor");
	longjmp(before, 1);
}

static void jump(const char *name)
{
	void *b;

	if (setjmp(before) == 0) {
		load(name);
		fail("came back");
	}
	say("jumped");
	b = load("b");
	unload("b", b);
}

int main(void)
{
	jump("actor");
	jump("extra");
	return pass();
}
