/* SPDX-License-Identifier: BSD-3-Clause */
/* Contents of blocks; see pattern.h. */
#include "config.h"

#include "tests/stress/pattern.h"

#include <string.h>

#define WHOLE_MAX ((size_t)64 << 10) /* up to it all bytes are written */
#define END ((size_t)4096)
#define STRIDE ((size_t)64 << 10)
#define SAMPLE ((size_t)64)
#define PAGE ((size_t)4096)

/* The next part that is written, at or after *at; 0 at the end of the block. */
static size_t
next_part(size_t size, size_t *at)
{
	if (size <= WHOLE_MAX)
		return *at < size ? size - *at : 0;
	if (*at < END)
		return END - *at;
	if (*at < size - END) {
		*at = (*at + STRIDE - 1) / STRIDE * STRIDE;
		if (*at < size - END - SAMPLE)
			return SAMPLE;
		*at = size - END;
	}
	return size - *at;
}

/* Multiplicative hashing (Knuth, TAOCP 3, 6.4), with 2^64 over phi. */
static uint64_t
word_at(size_t offset, uint64_t seed)
{
	return (seed + offset) * UINT64_C(0x9e3779b97f4a7c15) ^ seed;
}

void
pattern_fill(void *block, size_t size, uint64_t seed)
{
	char *bytes = block;
	size_t at = 0;
	size_t n;

	while ((n = next_part(size, &at)) != 0) {
		for (size_t end = at + n; at < end;) {
			uint64_t word = word_at(at, seed);
			size_t part = end - at < 8 ? end - at : 8;

			memcpy(bytes + at, &word, part);
			at += part;
		}
	}
}

bool
pattern_holds(
	const void *block, size_t filled_size, size_t bytes, uint64_t seed)
{
	const char *from = block;
	size_t at = 0;
	size_t n;

	while ((n = next_part(filled_size, &at)) != 0 && at < bytes) {
		for (size_t end = at + n; at < end;) {
			uint64_t word = word_at(at, seed);
			size_t part = end - at < 8 ? end - at : 8;
			size_t here = at < bytes && bytes - at < part
				? bytes - at
				: part;

			if (at < bytes && memcmp(from + at, &word, here) != 0)
				return false;
			at += part;
		}
	}
	return true;
}

static bool
is_zero(const char *bytes, size_t size)
{
	return size == 0 ||
		(bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

bool
pattern_is_zero(const void *block, size_t size)
{
	const char *bytes = block;

	if (size <= WHOLE_MAX)
		return is_zero(bytes, size);
	for (size_t at = 0; at < size - END; at += PAGE)
		if (!is_zero(bytes + at, SAMPLE))
			return false;
	return is_zero(bytes, END) && is_zero(bytes + size - END, END);
}
