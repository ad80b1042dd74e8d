/*
 * A library puts a static string of its own into the environment with putenv, and is unloaded. No
 * one looks at the environment.
 *
 * expect: {+registrar } {-registrar <registrar } PASS
 * ends: exit 0
 * finds: error dangling-environ
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *registrar = load("registrar");

	call(registrar, "put_static_string");
	unload("registrar", registrar);
	return pass();
}
