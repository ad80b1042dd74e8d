/*
 * A library calls a function of another one that it does not need, bound at the first call: from
 * then on that one stays until the caller goes.
 *
 * expect: {+a a> } {+caller } a.work {-a } {-caller <caller <a } PASS
 * ends: exit 0
 * finds: note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *a = load_as("a", RTLD_LAZY | RTLD_GLOBAL), *caller = load_as("caller", RTLD_LAZY);

	call(caller, "call_work");
	unload("a", a);
	unload("caller", caller);
	return pass();
}
