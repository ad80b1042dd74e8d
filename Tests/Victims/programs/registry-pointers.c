/*
 * A library that stays keeps the address of a function of one that was unloaded and loaded
 * anew; only the census sees that.
 *
 * expect: {+registry } {+member } member.work {-member <member } {+member } {-member
 *	<member } {-registry <registry } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *registry = load("registry"), *member = load("member");

	call(registry, "registry_run");
	unload("member", member);
	unload("member", load("member"));
	unload("registry", registry);
	return pass();
}
