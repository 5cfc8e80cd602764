/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random sizes, and bytes that can be checked, for the conformance set and the
 * programs of tests/preload. Nothing here allocates.
 */
#ifndef CONFORM_PATTERN_H
#define CONFORM_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MIB ((size_t)1 << 20)

/* The same number, as one that the compiler cannot know. */
static inline size_t
test_opaque(size_t n)
{
	volatile size_t same = n;

	return same;
}

/* A pseudo-random number: xorshift64* (Vigna 2016). *state is not 0. */
static inline uint64_t
test_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

/* A random size from 1 to max; each power of two is equally likely. */
static inline size_t
test_random_size(uint64_t *state, size_t max)
{
	unsigned int bits = 64 - (unsigned int)__builtin_clzll(max);
	size_t limit = (size_t)1 << test_random(state) % (bits + 1);

	return 1 + test_random(state) % (limit < max ? limit : max);
}

/* Fills a block with one byte value, which differs for consecutive seeds. */
static inline void
test_fill(void *p, size_t size, unsigned int seed)
{
	memset(p, (int)(1 + seed % 251), size);
}

static inline bool
test_is_filled(const void *p, size_t size, unsigned int seed)
{
	const unsigned char *bytes = (const unsigned char *)p;

	return size == 0 ||
		(bytes[0] == 1 + seed % 251 &&
			memcmp(bytes, bytes + 1, size - 1) == 0);
}

static inline bool
test_is_zero(const void *p, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)p;

	return size == 0 ||
		(bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

#endif /* CONFORM_PATTERN_H */
