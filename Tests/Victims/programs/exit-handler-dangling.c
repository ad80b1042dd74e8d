/*
 * A program registers a library's function to run at its own end, and unloads the library before.
 * It leaves by _exit, which runs nothing.
 *
 * expect: {+registrar } {-registrar <registrar } PASS
 * ends: exit 0
 * finds: error dangling-exit-handler
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int __cxa_atexit(void (*function)(void *), void *argument, void *dso_handle);
extern void *__dso_handle;

int main(void)
{
	void *registrar = load("registrar");
	void (*function)(void *) = (void (*)(void *))find(registrar, "run_for_others");

	__cxa_atexit(function, "x", &__dso_handle);
	unload("registrar", registrar);
	_exit(pass());
}
