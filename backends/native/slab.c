/* SPDX-License-Identifier: BSD-3-Clause */
/* One slab at a time; see slab.h. */
#include "config.h"

#include "backends/native/slab.h"

#include "backends/native/fatal.h"
#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/spares.h"
#include "vmmalloc/backend.h"

/* Fresh blocks are committed in steps of at least so many bytes. */
#define CARVE_STEP ((size_t)16 << 10)

#define ALL_FREE UINT64_MAX

struct nat_shape nat_shapes[NAT_CLASS_COUNT];

static const struct vmmalloc_host *host;

/*
 * Few sizes, so that slabs can have each other's extents. What is left over
 * behind the last block takes no storage. Small slabs become empty sooner.
 */
static size_t
slab_bytes(size_t size)
{
	size_t bytes = size <= 512 ? NAT_SPARE_UNIT
		: size <= 2048	   ? 2 * NAT_SPARE_UNIT
		: size <= 8192	   ? 4 * NAT_SPARE_UNIT
				   : 8 * NAT_SPARE_UNIT;

	while (bytes < host->page_size)
		bytes *= 2;
	return bytes;
}

void
nat_slab_init(const struct vmmalloc_host *the_host)
{
	host = the_host;
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++) {
		size_t size = nat_class_size(c);
		size_t bytes = slab_bytes(size);

		nat_shapes[c] = (struct nat_shape){
			.size = (uint32_t)size,
			.bytes = (uint32_t)bytes,
			.inverse = (uint32_t)(((UINT64_C(1) << 32) + size - 1) /
				size),
			.capacity = (uint16_t)(bytes / size),
			.carve = (uint16_t)((CARVE_STEP + size - 1) / size),
		};
	}
}

static const struct nat_shape *
shape_of(const struct nat_slab *slab)
{
	return &nat_shapes[nat_tag_class(slab->tag)];
}

static size_t
record_bytes(const struct nat_shape *shape)
{
	return sizeof(struct nat_slab) +
		(shape->capacity + 63u) / 64 * sizeof(uint64_t);
}

/* Marks the pages of a slab in the page map, or as unused. */
static void
mark_pages(const struct nat_slab *slab, unsigned int tag, uint32_t number)
{
	uintptr_t page = nat_map_page(slab->start);
	size_t n = shape_of(slab)->bytes >> NAT_PAGE_SHIFT;

	for (size_t i = 0; i < n; i++) {
		nat_map_tags[page + i] = (uint16_t)tag;
		nat_map_words[page + i] = number;
	}
}

struct nat_slab *
nat_slab_create(unsigned int tag, struct nat_spares *spares)
{
	const struct nat_shape *shape = &nat_shapes[nat_tag_class(tag)];
	struct nat_slab *slab = nat_meta_alloc(record_bytes(shape));
	struct nat_spare spare;

	if (slab == NULL)
		return NULL;
	if (nat_spares_take(spares, shape->bytes, &spare)) {
		slab->start = spare.start;
		slab->committed = (uint32_t)spare.committed;
	} else {
		slab->start = host->extent_alloc(
			NULL, shape->bytes, 0, VMMALLOC_EXTENT_NOCOMMIT, NULL);
	}
	if (slab->start == NULL) {
		nat_meta_free(slab, record_bytes(shape));
		return NULL;
	}
	slab->tag = (uint16_t)tag;
	slab->capacity = shape->capacity;
	mark_pages(slab, tag, nat_meta_number(slab));
	return slab;
}

void
nat_slab_destroy(struct nat_slab *slab, struct nat_spares *spares)
{
	const struct nat_shape *shape = shape_of(slab);
	struct nat_spare spare = { slab->start, slab->committed };

	mark_pages(slab, NAT_CLASS_NONE, 0);
	nat_meta_free(slab, record_bytes(shape));
	if (!nat_spares_put(spares, shape->bytes, &spare))
		host->extent_free(spare.start, shape->bytes);
}

/* Bits first to first + n - 1 of a word; n is at least 1. */
static uint64_t
mask_of(size_t first, size_t n)
{
	return ALL_FREE >> (64 - n) << first;
}

bool
nat_slab_carve(struct nat_slab *slab)
{
	const struct nat_shape *shape = shape_of(slab);
	unsigned int last = slab->carved + shape->carve;
	size_t from = slab->committed;
	size_t to;

	if (last > shape->capacity)
		last = shape->capacity;
	to = ((size_t)last * shape->size + host->page_size - 1) /
		host->page_size * host->page_size;
	if (to > from && host->commit(slab->start + from, to - from) != 0)
		return false;
	if (to > from)
		slab->committed = (uint32_t)to;
	for (unsigned int i = slab->carved, n; i < last; i += n) {
		n = last - i < 64 - i % 64 ? last - i : 64 - i % 64;
		slab->free[i / 64] |= mask_of(i % 64, n);
	}
	slab->carved = (uint16_t)last;
	return true;
}

size_t
nat_slab_take(struct nat_slab *slab, void **blocks, size_t n)
{
	size_t size = shape_of(slab)->size;
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
			char *block = first + i * size;

			if (run > (size_t)(to - blocks))
				run = (size_t)(to - blocks);
			slab->free[w] = word & ~mask_of(i, run);
			for (; run >= 4; run -= 4, block += 4 * size) {
				to -= 4;
				to[3] = block;
				to[2] = block + size;
				to[1] = block + 2 * size;
				to[0] = block + 3 * size;
			}
			for (; run > 0; run--, block += size)
				*--to = block;
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

_Noreturn static void
refuse(const struct nat_slab *slab, size_t i, size_t n, size_t size)
{
	while (n > 1 && (slab->free[i / 64] >> i % 64 & 1) == 0) {
		i++;
		n--;
	}
	nat_fatal("double free of", slab->start + i * size);
}

/*
 * Blocks that lie one behind the other, of which [at, end) begins with one at
 * least: those that were allocated in a row are often freed so.
 */
static size_t
count_run(void *const *at, void *const *end, size_t size)
{
	void *const *first = at;
	uintptr_t next = (uintptr_t)*at + size;

	at++;
	for (; end - at >= 4; at += 4, next += 4 * size)
		if ((((uintptr_t)at[0] ^ next) |
			    ((uintptr_t)at[1] ^ (next + size)) |
			    ((uintptr_t)at[2] ^ (next + 2 * size)) |
			    ((uintptr_t)at[3] ^ (next + 3 * size))) != 0)
			break;
	for (; at < end && (uintptr_t)*at == next; at++)
		next += size;
	return (size_t)(at - first);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
nat_slab_put(struct nat_slab *slab, const struct nat_shape *shape,
	void *const *blocks, size_t n)
{
	void *const *at = blocks;
	void *const *end = blocks + n;
	char *start = slab->start;
	size_t size = shape->size;
	size_t carved = slab->carved;

	do {
		uint64_t offset = (uint64_t)((char *)*at - start);
		size_t i = (size_t)(offset * shape->inverse >> 32);
		uint64_t *word = &slab->free[i / 64];
		size_t run;
		uint64_t mask;

		if (__builtin_expect(i * size != offset || i >= carved, 0))
			nat_fatal("invalid free of", *at);
		run = least(least((size_t)(end - at), carved - i), 64 - i % 64);
		run = count_run(at, at + run, size);
		mask = mask_of(i % 64, run);
		if (__builtin_expect((*word & mask) != 0, 0))
			refuse(slab, i, run, size);
		*word |= mask;
		at += run;
	} while (at < end && (size_t)((char *)*at - start) < shape->bytes);
	n = (size_t)(at - blocks);
	slab->n_out = (uint16_t)(slab->n_out - n);
	return n;
}
