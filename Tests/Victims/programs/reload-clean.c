/*
 * Looks like reload-with-key, but the library deletes its key when it is unloaded.
 *
 * expect: {+registrar } {-registrar <registrar } {+registrar } {-registrar <registrar }
 *	PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *registrar = load("registrar");

	call(registrar, "make_key_well");
	unload("registrar", registrar);
	unload("registrar", load("registrar"));
	return pass();
}
