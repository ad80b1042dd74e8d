/*
 * Closes every descriptor it did not open and takes their numbers for files of its own: no
 * byte of the tracer's may land there.
 *
 * expect: {+a a> } {-a <a } {+b b> } {-b <b } bytes:0 PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <sys/mman.h>

#define FILES 200

int main(void)
{
	int files[FILES];
	off_t bytes = 0;
	void *a = load("a");

	for (int number = 3; number < 65536; number++)
		close(number);
	for (int i = 0; i < FILES; i++) {
		files[i] = memfd_create("mine", 0);
		if (files[i] != i + 3)
			return fail("not the lowest free number");
	}
	unload("a", a);
	a = load("b");
	unload("b", a);
	for (int i = 0; i < FILES; i++)
		bytes += lseek(files[i], 0, SEEK_END);
	say("bytes:%ld", (long)bytes);
	return pass();
}
