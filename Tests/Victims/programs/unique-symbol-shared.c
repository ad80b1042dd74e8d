/*
 * Two C++ libraries share an inline variable, although each was loaded for itself: the first one
 * holds it and stays, the second one goes.
 *
 * expect: {+unique } unique.count:1 {+unique2 } unique2.count:2 {-unique2 <unique2 } {-unique }
 *	PASS <unique
 * ends: exit 0
 * finds: note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *first = load("unique"), *second;

	call(first, "use_count");
	second = load("unique2");
	call(second, "use_count");
	unload("unique2", second);
	unload("unique", first);
	return pass();
}
