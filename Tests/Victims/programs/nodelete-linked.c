/*
 * A library linked with -z nodelete: dlclose succeeds and it stays until exit.
 *
 * expect: {+stays stays> } stays.work {-stays } stays.work PASS <stays
 * ends: exit 0
 * finds: error stale-handle, note unload-ineffective
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *stays = load("stays");

	call(stays, "work");
	unload("stays", stays);
	call(stays, "work");
	return pass();
}
