/*
 * A library takes its string out of the environment before it is unloaded, and has set a copy of
 * another one; a string of its own that the program has replaced is in nobody's way.
 *
 * expect: {+registrar } {-registrar <registrar } gone REGISTRAR=static {+registrar } {-registrar
 *	<registrar } program PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	static char own[] = "REGISTRAR=program";
	void *registrar = load("registrar");

	call(registrar, "put_static_string_well");
	call(registrar, "set_copy");
	unload("registrar", registrar);
	say(getenv("REGISTRAR") ? "there" : "gone");
	say("%s", getenv("REGISTRAR_COPY"));

	registrar = load("registrar");
	call(registrar, "put_static_string");
	putenv(own);
	unload("registrar", registrar);
	say("%s", getenv("REGISTRAR"));
	return pass();
}
