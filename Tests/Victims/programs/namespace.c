/*
 * A library in a namespace of its own, beside the same one in the program's.
 *
 * expect: {+a a> } {*a a> } namespace:1 apart a.work {-a <a } {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *here = load("a");
	void *there;
	Lmid_t id;

	say("{*a");
	there = dlmopen(LM_ID_NEWLM, "liba.so", RTLD_NOW);
	if (!there)
		return fail(dlerror());
	say("}");
	dlinfo(there, RTLD_DI_LMID, &id);
	say("namespace:%ld", (long)id);
	say(find(here, "work") == find(there, "work") ? "same" : "apart");
	call(there, "work");
	unload("a", there);
	unload("a", here);
	return pass();
}
