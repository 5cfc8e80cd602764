/* SPDX-License-Identifier: BSD-3-Clause */
/* Slabs as extents; see slab.h. */
#include "config.h"

#include "backends/native/slab.h"

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

bool
nat_slab_carve(struct nat_slab *slab)
{
	const struct nat_shape *shape = nat_slab_shape(slab);
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
	nat_slab_mark_free(slab, slab->carved, last - slab->carved);
	slab->carved = (uint16_t)last;
	return true;
}
