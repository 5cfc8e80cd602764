/* SPDX-License-Identifier: BSD-3-Clause */
/* The blocks of a slab: allocating and freeing them; see slab.h. */
#include "config.h"

#include "backends/native/slab.h"

#define ALL_FREE UINT64_MAX

/*
 * The first block to allocate lies in the slab's first 4 KiB, which cover all
 * sets of a small cache.
 */
#define COLOR_SHIFT 12

/* Consecutive elements of an array of pointers, as a vector. */
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

/*
 * Marks n blocks, from number i on, as free. Returns i + n; stops at a block
 * that is already free, and returns its number.
 */
static size_t
mark_free(struct nat_slab *slab, size_t i, size_t n)
{
	while (n > 0) {
		size_t run = least(n, 64 - i % 64);
		uint64_t *word = &slab->free[i / 64];
		uint64_t mask = mask_of(i % 64, run);
		uint64_t twice = *word & mask;

		if (__builtin_expect(twice != 0, 0))
			return i / 64 * 64 + (size_t)__builtin_ctzll(twice);
		*word |= mask;
		i += run;
		n -= run;
	}
	return i;
}

/*
 * Not instrumented: other threads change the bits of other blocks, but never
 * that of a block of the caller.
 */
__attribute__((no_sanitize_thread)) bool
nat_slab_is_used(const struct nat_slab *slab, const void *ptr)
{
	const struct nat_shape *shape = nat_slab_shape(slab);
	uint64_t offset = (uint64_t)((const char *)ptr - slab->start);
	size_t i = (size_t)(offset * shape->inverse >> 32);

	return i * shape->size == offset && i < slab->carved &&
		(slab->free[i / 64] >> i % 64 & 1) == 0;
}

void
nat_slab_add_carved(struct nat_slab *slab, unsigned int last)
{
	mark_free(slab, slab->carved, last - slab->carved);
	slab->carved = (uint16_t)last;
}

static void
fill(addresses *a, uintptr_t first, uintptr_t step)
{
	for (size_t i = 0; i < LANES; i++)
		(*a)[i] = first + i * step;
}

/*
 * Stores n adjacent blocks, the first one at to - 1 and the others below it.
 * Returns where the last one is.
 */
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

/*
 * The number of the block that is allocated first. All slabs start at the same
 * place in a page, so the blocks of each size that a program allocates first,
 * and often keeps, would compete for a few sets of a processor's cache. After
 * "slab coloring" in J. Bonwick, "The Slab Allocator: An Object-Caching Kernel
 * Memory Allocator", USENIX Summer 1994; but only the order of the blocks
 * changes, because to move their start would cost memory. Numbers of units are
 * spread by Fibonacci hashing: D. E. Knuth, "The Art of Computer Programming",
 * volume 3, 6.4.
 */
static size_t
first_to_alloc(const struct nat_slab *slab, const struct nat_shape *shape)
{
	uint32_t unit = (uint32_t)((uintptr_t)slab->start >> NAT_UNIT_SHIFT);
	uint32_t offset = unit * UINT32_C(0x9e3779b1) >> (32 - COLOR_SHIFT);

	return (size_t)((uint64_t)offset * shape->inverse >> 32);
}

/*
 * Allocates up to n free blocks of a word, the lowest first. Returns where the
 * last one is stored.
 */
static void **
alloc_from_word(uint64_t *free, uint64_t mask, char *first, size_t size,
	void **to, size_t n)
{
	uint64_t word = *free & mask;
	uint64_t left = word;
	uint64_t lowest = word & -word;

	/* the blocks are one run, as in a slab that is new or was emptied */
	if (word != 0 && (word & (word + lowest)) == 0) {
		size_t i = (size_t)__builtin_ctzll(word);
		size_t run = least(64 - (size_t)__builtin_clzll(word) - i, n);

		*free &= ~mask_of(i, run);
		return store_run(to, first + i * size, size, run);
	}
	for (; left != 0 && n > 0; left &= left - 1, n--)
		*--to = first + (size_t)__builtin_ctzll(left) * size;
	*free ^= word ^ left;
	return to;
}

size_t
nat_slab_alloc(struct nat_slab *slab, void **blocks, size_t n)
{
	const struct nat_shape *shape = nat_slab_shape(slab);
	size_t size = shape->size;
	size_t words = (slab->carved + 63u) / 64;
	size_t from = first_to_alloc(slab, shape);
	uint64_t mask = ALL_FREE << from % 64;
	size_t w = from / 64;
	void **to = blocks + n;
	bool has_purged = nat_slab_cold(slab)->purged != 0;

	if (__builtin_expect(has_purged, 0))
		nat_slab_hide_purged(slab, true);
	/* from that block to the end, then from the start up to it */
	for (size_t i = 0; i <= words && to > blocks; i++) {
		to = alloc_from_word(&slab->free[w], mask,
			slab->start + w * 64 * size, size, to,
			(size_t)(to - blocks));
		mask = ALL_FREE;
		w = w + 1 < words ? w + 1 : 0;
	}
	if (__builtin_expect(has_purged, 0))
		nat_slab_hide_purged(slab, false);
	n = (size_t)(blocks + n - to);
	slab->n_out = (uint16_t)(slab->n_out + n);
	return n;
}

/*
 * Counts the leading pointers in [at, end), at least one, that are exactly step
 * bytes apart. Blocks that were allocated in a row are often freed in the same
 * order, or in reverse.
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

/* Ends a free that found a misuse after n blocks. */
static __attribute__((cold, noinline)) size_t
found(struct nat_slab *slab, size_t n, struct nat_misuse *misuse,
	const char *what, const void *block)
{
	slab->n_out = (uint16_t)(slab->n_out - n);
	*misuse = (struct nat_misuse){ what, block };
	return 0;
}

size_t
nat_slab_free(struct nat_slab *slab, const struct nat_shape *shape,
	void *const *blocks, size_t n, struct nat_misuse *misuse)
{
	void *const *at = blocks;
	void *const *end = blocks + n;
	size_t size = shape->size;

	do {
		uint64_t offset = (uint64_t)((char *)*at - slab->start);
		size_t i = (size_t)(offset * shape->inverse >> 32);
		size_t most = slab->carved - i;
		uintptr_t step = size;
		size_t run, marked;

		if (__builtin_expect(
			    i * size != offset || i >= slab->carved, 0))
			return found(slab, (size_t)(at - blocks), misuse,
				"invalid free of", *at);
		if (end - at > 1 && (uintptr_t)at[1] < (uintptr_t)at[0]) {
			most = i + 1;
			step = (uintptr_t)0 - size;
		}
		run = least((size_t)(end - at), most);
		run = count_run(at, at + run, step);
		if (step != size)
			i = i + 1 - run;
		marked = mark_free(slab, i, run);
		if (__builtin_expect(marked != i + run, 0))
			return found(slab, (size_t)(at - blocks) + marked - i,
				misuse, "double free of",
				slab->start + marked * size);
		at += run;
	} while (at < end &&
		(size_t)((char *)*at - slab->start) < slab->capacity * size);
	n = (size_t)(at - blocks);
	slab->n_out = (uint16_t)(slab->n_out - n);
	return n;
}
