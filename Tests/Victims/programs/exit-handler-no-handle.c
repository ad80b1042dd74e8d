/*
 * A library registers an exit handler without a dso_handle, so that no dlclose runs it.
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

	call(registrar, "register_without_handle");
	unload("registrar", registrar);
	return pass();
}
