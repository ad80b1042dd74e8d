/*
 * Reads a text of a library that it has closed.
 *
 * expect: {+data } {-data <data }
 * ends: signal SEGV
 * finds: error use-after-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *data = load("data");
	const char *(*get_text)(void);
	const char *text;

	*(void **)&get_text = dlsym(data, "get_text");
	text = get_text();
	unload("data", data);
	say("%c", *(volatile const char *)text);
	return pass();
}
