/*
 * The main thread has a thread_local object of a library that it closes: the library stays until
 * exit, which destroys the object first.
 *
 * expect: {+perthread } use {-perthread } {+perthread } use {-perthread } PASS ~thread <perthread
 * ends: exit 0
 * finds: note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	for (int i = 0; i < 2; i++) {
		void *perthread = load("perthread");

		call(perthread, "use_thread_local");
		unload("perthread", perthread);
	}
	return pass();
}
