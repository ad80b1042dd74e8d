/*
 * Has an inline variable: a symbol that gcc makes STB_GNU_UNIQUE, so that all libraries of a
 * process share one. clang has no such symbols by itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#ifdef __clang__
__asm__(".pushsection .data\n"
	".globl shared_count\n"
	".type shared_count, @gnu_unique_object\n"
	".size shared_count, 4\n"
	"shared_count: .long 0\n"
	".popsection\n");
extern int count __asm__("shared_count");
#else
inline int count;
#endif

extern "C" void use_count()
{
	say("%s.count:%d", NAME, ++count);
}

__attribute__((destructor)) static void finish()
{
	say("<%s", NAME);
}
