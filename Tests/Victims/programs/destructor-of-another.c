/*
 * Two C++ libraries share an inline destructor: the second one's static object is destroyed by the
 * first one's code. The loader knows, since the second one has bound to it: the first one stays
 * until both go, and is there when it is called.
 *
 * expect: {+holder holder> } {+holder2 holder2> } {-holder } {-holder2 <holder2 <holder } PASS
 * ends: exit 0
 * finds: note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *first = load_as("holder", RTLD_NOW | RTLD_GLOBAL), *second = load("holder2");

	unload("holder", first);
	unload("holder2", second);
	return pass();
}
