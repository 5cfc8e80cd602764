/* SPDX-License-Identifier: BSD-3-Clause */
/* Slabs as extents; see slab.h. */
#include "config.h"

#include "backends/native/slab.h"

#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/shape.h"
#include "base/hot.h"
#include "base/linux_sys.h"
#include "vmmalloc/backend.h"

#include <sys/mman.h>

/*
 * Slabs of one arena lie together in chunks of this size. Otherwise threads of
 * different arenas would compete for cache lines without sharing data:
 * processors prefetch the lines behind a slab, and adjacent slabs share lines
 * of the page map.
 */
#define CHUNK ((size_t)512 << 10)

static const struct vmmalloc_host *host VMM_HOT_DATA;

void
nat_slab_init(const struct vmmalloc_host *the_host)
{
	host = the_host;
	nat_slab_pages_init(host);
	nat_shape_init(host->page_size);
}

/* Tags the pages of a slab in the page map, or marks them as unused. */
static void
tag_pages(struct nat_slab *slab, unsigned int tag)
{
	uintptr_t page = nat_map_page(slab->start);
	size_t n = nat_slab_bytes(slab) >> NAT_PAGE_SHIFT;

	for (size_t i = 0; i < n; i++)
		nat_map_tags[page + i] = (uint16_t)tag;
}

/* Stores the number of the slab's metadata for each of its units; 0 is none. */
static void
number_units(struct nat_slab *slab, uint32_t number)
{
	uint32_t *word = nat_map_word(slab->start);
	size_t n = nat_slab_bytes(slab) >> NAT_UNIT_SHIFT;

	for (size_t i = 0; i < n; i++)
		word[i] = number;
}

void
nat_slab_retire(struct nat_slab *slab)
{
	tag_pages(slab, NAT_CLASS_NONE);
}

static size_t
record_bytes(const struct nat_slab *slab)
{
	return sizeof(*slab) + nat_slab_words(slab) * sizeof(slab->free[0]) +
		sizeof(struct nat_slab_cold);
}

/*
 * Creates a slab on an existing extent. Its metadata is taken from the shelf if
 * one is given. If there is no memory for it, frees the extent.
 */
static struct nat_slab *
create_at(unsigned int tag, unsigned int span, char *start,
	struct nat_meta_shelf *shelf)
{
	size_t bytes = nat_span_bytes[span];
	const struct nat_slab head = {
		.start = start,
		.capacity =
			(uint16_t)(bytes / nat_shapes[nat_tag_class(tag)].size),
		.tag = (uint16_t)tag,
	};
	size_t size = record_bytes(&head);
	struct nat_slab *slab = shelf != NULL
		? nat_meta_shelf_alloc(shelf, size)
		: nat_meta_alloc(size);

	if (slab == NULL) {
		host->extent_free(start, bytes);
		return NULL;
	}
	*slab = head;
	nat_slab_cold(slab)->span = span & 0xff;
	number_units(slab, nat_meta_number(slab));
	tag_pages(slab, tag);
	return slab;
}

struct nat_slab *
nat_slab_reuse(
	struct nat_slab *slab, unsigned int tag, struct nat_meta_shelf *shelf)
{
	struct nat_slab_cold cold;
	char *start = slab->start;

	if (slab->tag == tag) {
		tag_pages(slab, tag);
		return slab;
	}
	cold = *nat_slab_cold(slab);
	number_units(slab, 0);
	nat_meta_shelf_free(shelf, slab, record_bytes(slab));
	slab = create_at(tag, cold.span, start, shelf);
	if (slab != NULL)
		nat_slab_cold(slab)->committed =
			(cold.purged != 0 ? (size_t)__builtin_ctz(cold.purged) *
						host->page_size
					  : cold.committed) &
			0xffffff;
	return slab;
}

struct nat_slab *
nat_slab_create(unsigned int tag, unsigned int span)
{
	char *start = host->extent_alloc(NULL, nat_span_bytes[span], NAT_UNIT,
		VMMALLOC_EXTENT_NOCOMMIT, NULL);

	return start != NULL ? create_at(tag, span, start, NULL) : NULL;
}

struct nat_slab *
nat_slab_create_behind(struct nat_slab *slab)
{
	size_t bytes = nat_slab_bytes(slab);
	char *at = slab->start + bytes;
	size_t left = -(uintptr_t)at % CHUNK;
	unsigned int span = nat_slab_cold(slab)->span;
	struct nat_slab *list = NULL;

	left -= left % bytes;
	if (left == 0 ||
		host->extent_alloc(
			at, left, 0, VMMALLOC_EXTENT_NOCOMMIT, NULL) == NULL)
		return NULL;
	for (; left > 0; left -= bytes, at += bytes) {
		struct nat_slab *next = create_at(slab->tag, span, at, NULL);

		if (next == NULL)
			continue;
		nat_slab_cold(next)->next = list;
		list = next;
	}
	return list;
}

/*
 * Blocks of no bytes: an access ends in SIGSEGV. If the kernel refuses, because
 * of the page size or because there are too many mappings, they can be accessed
 * like any other memory.
 */
static int
protect(struct nat_slab *slab, size_t from, size_t to, int protection)
{
	if (nat_tag_class(slab->tag) != NAT_CLASS_EMPTY || from == to)
		return 0;
	return vmm_sys_mprotect(slab->start + from, to - from, protection);
}

void
nat_slab_destroy(struct nat_slab *slab)
{
	size_t bytes = nat_slab_bytes(slab);
	char *start = slab->start;

	nat_slab_retire(slab);
	/* never used again if its pages cannot be */
	if (protect(slab, 0, nat_slab_cold(slab)->committed,
		    PROT_READ | PROT_WRITE) != 0)
		return;
	number_units(slab, 0);
	nat_meta_free(slab, record_bytes(slab));
	host->extent_free(start, bytes);
}

static size_t
whole_pages(size_t bytes)
{
	return (bytes + host->page_size - 1) & ~(host->page_size - 1);
}

bool
nat_slab_carve(struct nat_slab *slab, size_t few)
{
	const struct nat_shape *shape = nat_slab_shape(slab);
	size_t last = slab->carved + shape->carve;
	struct nat_slab_cold *cold = nat_slab_cold(slab);
	size_t from = cold->committed;
	size_t to;

	if (cold->purged != 0)
		return nat_slab_commit_purged(slab);
	if (few > 0 && few < shape->carve) {
		last = slab->carved + few;
		last = whole_pages(last * shape->size) / shape->size;
	}
	if (last > slab->capacity)
		last = slab->capacity;
	to = whole_pages(last * shape->size);
	if (to > from && host->commit(slab->start + from, to - from) != 0)
		return false;
	if (to > from)
		cold->committed = to & 0xffffff;
	protect(slab, from, to, PROT_NONE);
	nat_slab_add_carved(slab, (unsigned int)last);
	return true;
}
