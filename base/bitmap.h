/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranges of bits in an array of 64-bit words. Not thread-safe. */
#ifndef VMM_BITMAP_H
#define VMM_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VMM_BITMAP_WORDS(bits) (((bits) + 63) / 64)

/* The bits of word w that lie in [first, last). */
static inline uint64_t
vmm_bitmap_mask(size_t w, size_t first, size_t last)
{
	uint64_t mask = ~UINT64_C(0);

	if (w == first / 64)
		mask &= ~UINT64_C(0) << (first % 64);
	if (w == (last - 1) / 64)
		mask &= ~UINT64_C(0) >> (63 - (last - 1) % 64);
	return mask;
}

/* Sets, or clears, [first, last); returns how many bits changed. */
static inline size_t
vmm_bitmap_assign(uint64_t *map, size_t first, size_t last, bool value)
{
	size_t changed = 0;

	if (first >= last)
		return 0;
	for (size_t w = first / 64; w <= (last - 1) / 64; w++) {
		uint64_t mask = vmm_bitmap_mask(w, first, last);
		uint64_t diff = value ? mask & ~map[w] : mask & map[w];

		/*
		 * words that do not change are not written, so that untouched
		 * pages stay so
		 */
		if (diff != 0) {
			map[w] ^= diff;
			changed += (size_t)__builtin_popcountll(diff);
		}
	}
	return changed;
}

/* How many bits of [first, last) are set. */
static inline size_t
vmm_bitmap_count(const uint64_t *map, size_t first, size_t last)
{
	size_t n = 0;

	if (first >= last)
		return 0;
	for (size_t w = first / 64; w <= (last - 1) / 64; w++)
		n += (size_t)__builtin_popcountll(
			map[w] & vmm_bitmap_mask(w, first, last));
	return n;
}

/* The first bit of [first, last) that has this value; last if there is none. */
static inline size_t
vmm_bitmap_find(const uint64_t *map, size_t first, size_t last, bool value)
{
	if (first >= last)
		return last;
	for (size_t w = first / 64; w <= (last - 1) / 64; w++) {
		uint64_t word = value ? map[w] : ~map[w];

		word &= vmm_bitmap_mask(w, first, last);
		if (word != 0)
			return w * 64 + (size_t)__builtin_ctzll(word);
	}
	return last;
}

#endif /* VMM_BITMAP_H */
