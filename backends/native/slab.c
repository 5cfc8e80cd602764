/* SPDX-License-Identifier: BSD-3-Clause */
/* One slab at a time; see slab.h. */
#include "config.h"

#include "backends/native/slab.h"

#include "backends/native/fatal.h"
#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "vmmalloc/backend.h"

#include <string.h>

/* Fresh blocks are committed in steps of at least so many bytes. */
#define CARVE_STEP ((size_t)16 << 10)

/*
 * Slabs of one arena lie together in chunks of this size: processors fetch
 * memory ahead, and what another thread writes right behind a slab, or to the
 * same line of the page map, would be taken away from it for nothing.
 */
#define CHUNK ((size_t)512 << 10)

#define ALL_FREE UINT64_MAX

/* Addresses side by side, in an array of pointers. */
typedef uintptr_t addresses
	__attribute__((vector_size(16), aligned(sizeof(void *)), may_alias));

#define LANES (sizeof(addresses) / sizeof(uintptr_t))

/*
 * Few kinds, so that a slab can become one of another class. What is left over
 * behind the last block takes no storage. Small slabs become empty sooner; of
 * large ones the records are fewer and denser, so that more are in the cache.
 */
static const struct {
	size_t block; /* the largest */
	size_t bytes;
} ranges[] = {
	{ 512, (size_t)16 << 10 },
	{ 2048, (size_t)32 << 10 },
	{ 8192, (size_t)64 << 10 },
	{ NAT_SMALL_MAX, (size_t)128 << 10 },
};

/* The kind of the first range's larger slabs. */
#define LARGER (NAT_SLAB_KINDS - 1)
#define LARGER_SHIFT 2

struct nat_shape nat_shapes[NAT_CLASS_COUNT];
struct nat_slab_kind nat_slab_kinds[NAT_SLAB_KINDS];

static const struct vmmalloc_host *host;

static void
set_kind(unsigned int kind, size_t bytes, size_t block)
{
	size_t words = (bytes / block + 63) / 64;

	nat_slab_kinds[kind] = (struct nat_slab_kind){
		.bytes = (uint32_t)bytes,
		.record = (uint32_t)(sizeof(struct nat_slab) +
			words * sizeof(uint64_t)),
	};
}

/* Both kinds of a range whose smallest blocks, and so the most, are of size. */
static void
set_range(unsigned int kind, size_t size)
{
	size_t bytes = ranges[kind].bytes;

	if (bytes < host->page_size)
		bytes = host->page_size;
	set_kind(kind, bytes, size);
	if (kind == 0)
		set_kind(LARGER, bytes << LARGER_SHIFT, size);
}

void
nat_slab_init(const struct vmmalloc_host *the_host)
{
	unsigned int kind = 0;

	host = the_host;
	set_range(0, nat_class_size(1));
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++) {
		size_t size = nat_class_size(c);

		if (size > ranges[kind].block)
			set_range(++kind, size);
		nat_shapes[c] = (struct nat_shape){
			.size = (uint32_t)size,
			.inverse = (uint32_t)(((UINT64_C(1) << 32) + size - 1) /
				size),
			.carve = (uint16_t)((CARVE_STEP + size - 1) / size),
			.kind = (uint8_t)kind,
			.larger = (uint8_t)(kind == 0 ? LARGER : kind),
		};
	}
}

static const struct nat_shape *
shape_of(const struct nat_slab *slab)
{
	return &nat_shapes[nat_tag_class(slab->tag)];
}

/* Tags the pages of a slab in the page map, or marks them as unused. */
static void
tag_pages(const struct nat_slab *slab, unsigned int tag)
{
	uintptr_t page = nat_map_page(slab->start);
	size_t n = nat_slab_bytes(slab) >> NAT_PAGE_SHIFT;

	for (size_t i = 0; i < n; i++)
		nat_map_tags[page + i] = (uint16_t)tag;
}

static void
number_pages(const struct nat_slab *slab, uint32_t number)
{
	uintptr_t page = nat_map_page(slab->start);
	size_t n = nat_slab_bytes(slab) >> NAT_PAGE_SHIFT;

	for (size_t i = 0; i < n; i++)
		nat_map_words[page + i] = number;
}

void
nat_slab_retire(struct nat_slab *slab)
{
	tag_pages(slab, NAT_CLASS_NONE);
}

void
nat_slab_reuse(struct nat_slab *slab, unsigned int tag)
{
	const struct nat_slab_kind *kind = &nat_slab_kinds[slab->kind];

	if (slab->tag != tag) {
		slab->tag = (uint16_t)tag;
		slab->capacity = (uint16_t)(kind->bytes /
			nat_shapes[nat_tag_class(tag)].size);
		slab->carved = 0;
		memset(slab->free, 0, kind->record - sizeof(*slab));
	}
	tag_pages(slab, tag);
}

/* A slab on an extent that is there; gives it back where that fails. */
static struct nat_slab *
create_at(unsigned int tag, unsigned int kind, char *start)
{
	struct nat_slab *slab = nat_meta_alloc(nat_slab_kinds[kind].record);

	if (slab == NULL) {
		host->extent_free(start, nat_slab_kinds[kind].bytes);
		return NULL;
	}
	slab->start = start;
	slab->kind = (uint16_t)kind;
	nat_slab_reuse(slab, tag);
	number_pages(slab, nat_meta_number(slab));
	return slab;
}

struct nat_slab *
nat_slab_create(unsigned int tag, unsigned int kind)
{
	char *start = host->extent_alloc(NULL, nat_slab_kinds[kind].bytes, 0,
		VMMALLOC_EXTENT_NOCOMMIT, NULL);

	return start != NULL ? create_at(tag, kind, start) : NULL;
}

struct nat_slab *
nat_slab_create_behind(const struct nat_slab *slab)
{
	size_t bytes = nat_slab_bytes(slab);
	char *at = slab->start + bytes;
	size_t left = -(uintptr_t)at % CHUNK;
	struct nat_slab *list = NULL;

	left -= left % bytes;
	if (left == 0 ||
		host->extent_alloc(
			at, left, 0, VMMALLOC_EXTENT_NOCOMMIT, NULL) == NULL)
		return NULL;
	for (; left > 0; left -= bytes, at += bytes) {
		struct nat_slab *next = create_at(slab->tag, slab->kind, at);

		if (next == NULL)
			continue;
		next->next = list;
		list = next;
	}
	return list;
}

void
nat_slab_destroy(struct nat_slab *slab)
{
	const struct nat_slab_kind *kind = &nat_slab_kinds[slab->kind];
	char *start = slab->start;

	nat_slab_retire(slab);
	number_pages(slab, 0);
	nat_meta_free(slab, kind->record);
	host->extent_free(start, kind->bytes);
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

	if (last > slab->capacity)
		last = slab->capacity;
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

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Marks n blocks, the first of which has number i, as free. */
static void
mark_free(struct nat_slab *slab, size_t i, size_t n, size_t size)
{
	while (n > 0) {
		size_t run = least(n, 64 - i % 64);
		uint64_t *word = &slab->free[i / 64];
		uint64_t mask = mask_of(i % 64, run);
		uint64_t twice = *word & mask;

		if (__builtin_expect(twice != 0, 0)) {
			i = i / 64 * 64 + (size_t)__builtin_ctzll(twice);
			nat_fatal("double free of", slab->start + i * size);
		}
		*word |= mask;
		i += run;
		n -= run;
	}
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
		mark_free(slab, step == size ? i : i + 1 - run, run, size);
		at += run;
	} while (at < end &&
		(size_t)((char *)*at - slab->start) < nat_slab_bytes(slab));
	n = (size_t)(at - blocks);
	slab->n_out = (uint16_t)(slab->n_out - n);
	return n;
}
