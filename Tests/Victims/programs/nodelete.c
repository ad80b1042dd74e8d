/*
 * RTLD_NODELETE: dlclose succeeds and the library stays until exit.
 *
 * expect: {+a a> } {-a } there PASS <a
 * ends: exit 0
 * finds: note leaked-open, note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a = load_as("a", RTLD_NOW | RTLD_NODELETE);

	unload("a", a);
	say(dlopen("liba.so", RTLD_NOW | RTLD_NOLOAD) ? "there" : "gone");
	return pass();
}
