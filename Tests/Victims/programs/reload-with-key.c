/*
 * A library leaves a pthread key when it is unloaded, and is loaded anew: the C library,
 * which stayed, has the old one's destructor.
 *
 * expect: {+registrar } {-registrar <registrar } {+registrar } {-registrar <registrar }
 *	PASS
 * ends: exit 0
 * finds: error dangling-tls-key, warning generation-mismatch
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *registrar = load("registrar");

	call(registrar, "make_key");
	unload("registrar", registrar);
	unload("registrar", load("registrar"));
	return pass();
}
