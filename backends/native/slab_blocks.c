/* SPDX-License-Identifier: BSD-3-Clause */
/* The blocks of a slab: taking them and putting them back; see slab.h. */
#include "config.h"

#include "backends/native/slab.h"

#include "backends/native/fatal.h"

#define ALL_FREE UINT64_MAX

/* Addresses side by side, in an array of pointers. */
typedef uintptr_t addresses
	__attribute__((vector_size(16), aligned(sizeof(void *)), may_alias));

#define LANES (sizeof(addresses) / sizeof(uintptr_t))

/* Bits first to first + n - 1 of a word; n is at least 1. */
static uint64_t
mask_of(size_t first, size_t n)
{
	return ALL_FREE >> (64 - n) << first;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

void
nat_slab_mark_free(struct nat_slab *slab, size_t i, size_t n)
{
	while (n > 0) {
		size_t run = least(n, 64 - i % 64);
		uint64_t *word = &slab->free[i / 64];
		uint64_t mask = mask_of(i % 64, run);
		uint64_t twice = *word & mask;

		if (__builtin_expect(twice != 0, 0)) {
			i = i / 64 * 64 + (size_t)__builtin_ctzll(twice);
			nat_fatal("double free of",
				slab->start + i * nat_slab_shape(slab)->size);
		}
		*word |= mask;
		i += run;
		n -= run;
	}
}

static void
fill(addresses *a, uintptr_t first, uintptr_t step)
{
	for (size_t i = 0; i < LANES; i++)
		(*a)[i] = first + i * step;
}

/* Stores n blocks that lie one behind the other, from to - 1 on down. */
static void **
store_run(void **to, char *block, size_t size, size_t n)
{
	addresses at, step;
	void **end = to - n;

	fill(&at, (uintptr_t)block + (LANES - 1) * size, (uintptr_t)0 - size);
	fill(&step, LANES * size, 0);
	for (; to - end >= (ptrdiff_t)(4 * LANES); to -= 4 * LANES)
		for (size_t i = 1; i <= 4; i++) {
			*(addresses *)(void *)(to - i * LANES) = at;
			at += step;
		}
	for (block += (n - (size_t)(to - end)) * size; to > end; block += size)
		*--to = block;
	return to;
}

size_t
nat_slab_take(struct nat_slab *slab, void **blocks, size_t n)
{
	size_t size = nat_slab_shape(slab)->size;
	size_t words = (slab->carved + 63u) / 64;
	char *first = slab->start;
	void **to = blocks + n;

	for (size_t w = 0; w < words && to > blocks; w++, first += 64 * size) {
		uint64_t word = slab->free[w];
		uint64_t lowest = word & -word;

		/* one run of blocks, as in a slab that is new or was emptied */
		if (word != 0 && (word & (word + lowest)) == 0) {
			size_t i = (size_t)__builtin_ctzll(word);
			size_t run = 64 - (size_t)__builtin_clzll(word) - i;

			if (run > (size_t)(to - blocks))
				run = (size_t)(to - blocks);
			slab->free[w] = word & ~mask_of(i, run);
			to = store_run(to, first + i * size, size, run);
			continue;
		}
		for (; word != 0 && to > blocks; word &= word - 1)
			*--to = first + (size_t)__builtin_ctzll(word) * size;
		slab->free[w] = word;
	}
	n = (size_t)(blocks + n - to);
	slab->n_out = (uint16_t)(slab->n_out + n);
	return n;
}

/*
 * Blocks step apart, of which [at, end) begins with one at least: those that
 * were allocated in a row are often freed in the same order, or in reverse.
 */
static size_t
count_run(void *const *at, void *const *end, uintptr_t step)
{
	void *const *first = at;
	uintptr_t next = (uintptr_t)*at + step;
	addresses expected, stride;

	fill(&expected, next, step);
	fill(&stride, LANES * step, 0);
	at++;
	for (; end - at >= (ptrdiff_t)(4 * LANES); at += 4 * LANES) {
		const addresses *found = (const addresses *)(const void *)at;
		addresses differ = found[0] ^ expected;
		uintptr_t any = 0;

		for (size_t i = 1; i < 4; i++) {
			expected += stride;
			differ |= found[i] ^ expected;
		}
		expected += stride;
		for (size_t i = 0; i < LANES; i++)
			any |= differ[i];
		if (any != 0)
			break;
	}
	next = (uintptr_t)*first + (uintptr_t)(at - first) * step;
	for (; at < end && (uintptr_t)*at == next; at++)
		next += step;
	return (size_t)(at - first);
}

size_t
nat_slab_put(struct nat_slab *slab, const struct nat_shape *shape,
	void *const *blocks, size_t n)
{
	void *const *at = blocks;
	void *const *end = blocks + n;
	size_t size = shape->size;

	do {
		uint64_t offset = (uint64_t)((char *)*at - slab->start);
		size_t i = (size_t)(offset * shape->inverse >> 32);
		size_t most = slab->carved - i;
		uintptr_t step = size;
		size_t run;

		if (__builtin_expect(
			    i * size != offset || i >= slab->carved, 0))
			nat_fatal("invalid free of", *at);
		if (end - at > 1 && (uintptr_t)at[1] < (uintptr_t)at[0]) {
			most = i + 1;
			step = (uintptr_t)0 - size;
		}
		run = least((size_t)(end - at), most);
		run = count_run(at, at + run, step);
		nat_slab_mark_free(slab, step == size ? i : i + 1 - run, run);
		at += run;
	} while (at < end &&
		(size_t)((char *)*at - slab->start) < slab->capacity * size);
	n = (size_t)(at - blocks);
	slab->n_out = (uint16_t)(slab->n_out - n);
	return n;
}
