/*
 * A library's atexit function runs at its dlclose: safe on glibc.
 *
 * expect: {+handlers } {-handlers <handlers handlers.atexit } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *handlers = load("handlers");

	call(handlers, "register_atexit");
	unload("handlers", handlers);
	return pass();
}
