/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The <string.h> functions that the interposer uses and those that compilers call by themselves,
 * hidden in the library: a sanitizer's own, which stand before the C library's, do not work yet
 * when our constructor runs.
 */
#include <stdint.h>
#include <string.h>

#ifndef __clang__
/* gcc would make calls of memcpy and memset out of the loops in memcpy and memset */
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif
#pragma GCC visibility push(hidden)

typedef uint64_t block __attribute__((vector_size(16), aligned(1), may_alias));

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	char *t = to;
	const char *f = from;

	for (; size >= sizeof(block); size -= sizeof(block)) {
		*(block *)t = *(const block *)f;
		t += sizeof(block);
		f += sizeof(block);
	}
	for (; size >= sizeof(uint64_t); size -= sizeof(uint64_t)) {
		__builtin_memcpy(t, f, sizeof(uint64_t)); /* one load, one store */
		t += sizeof(uint64_t);
		f += sizeof(uint64_t);
	}
	while (size--)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	char *t = to;
	const char *f = from;

	if (t <= f)
		return memcpy(to, from, size);
	while (size--)
		t[size] = f[size];
	return to;
}

void *memset(void *to, int value, size_t size)
{
	const uint64_t word = (unsigned char)value * (uint64_t)0x0101010101010101;
	char *t = to;

	for (; size >= sizeof(block); size -= sizeof(block)) {
		*(block *)t = (block){ word, word };
		t += sizeof(block);
	}
	for (; size >= sizeof(word); size -= sizeof(word)) {
		__builtin_memcpy(t, &word, sizeof(word));
		t += sizeof(word);
	}
	while (size--)
		*t++ = (char)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *x = a, *y = b;

	for (; size; size--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *memchr(const void *bytes, int value, size_t size)
{
	for (const unsigned char *at = bytes; size; size--, at++)
		if (*at == (unsigned char)value)
			return (void *)at;
	return NULL;
}

size_t strlen(const char *text)
{
	const char *end = text;

	while (*end)
		end++;
	return (size_t)(end - text);
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (; size; size--, a++, b++)
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, (size_t)-1);
}

char *strchr(const char *text, int value)
{
	for (;; text++) {
		if (*text == (char)value)
			return (char *)text;
		if (!*text)
			return NULL;
	}
}

char *strrchr(const char *text, int value)
{
	char *last = NULL;

	for (;; text++) {
		if (*text == (char)value)
			last = (char *)text;
		if (!*text)
			return last;
	}
}

#pragma GCC visibility pop
