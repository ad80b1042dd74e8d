/*
 * Libraries linked to other addresses than zero: one at the lowest a program has, one higher up
 * and with the old hash table, one above where anything is mapped, so that it lies below its own
 * address.
 *
 * expect:	{+low low> } {+old old> } {+high high> } low.work old.work high.work
 *		{-low <low } {-old <old } {-high <high } PASS
 * ends:	exit 0
 * finds:	none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <sys/mman.h>

int main(void)
{
	static const char *const names[] = { "low", "old", "high" };
	void *handles[3];

	/* If it can't be had, something lies there, which will do. */
	mmap((void *)0x7fffff000000, 1 << 20, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	for (int i = 0; i < 3; i++)
		handles[i] = load(names[i]);
	for (int i = 0; i < 3; i++)
		call(handles[i], "work");
	for (int i = 0; i < 3; i++)
		unload(names[i], handles[i]);
	return pass();
}
