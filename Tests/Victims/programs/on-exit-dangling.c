/*
 * A library registers an on_exit function and is unloaded: exit calls into nothing.
 *
 * expect: {+registrar } {-registrar <registrar } PASS
 * ends: signal SEGV
 * finds: error dangling-exit-handler, error use-after-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *registrar = load("registrar");

	call(registrar, "register_on_exit");
	unload("registrar", registrar);
	return pass();
}
