/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pages of slabs in which no block lives: purging them, and committing them
 * again; see slab.h. The bits of their blocks stay set, so that a double free
 * of one of them is found; they are cleared only while blocks are allocated.
 */
#include "config.h"

#include "backends/native/slab.h"

#include "base/hot.h"
#include "vmmalloc/backend.h"

_Static_assert(NAT_SPAN_MAX / NAT_PAGE <= 32, "a slab has up to 32 pages");

static const struct vmmalloc_host *host VMM_HOT_DATA;

void
nat_slab_pages_init(const struct vmmalloc_host *the_host)
{
	host = the_host;
}

/* n bits from number first on; n is at least 1. */
static uint32_t
mask_of(size_t first, size_t n)
{
	return UINT32_MAX >> (32 - n) << first;
}

static size_t
first_page(uint32_t pages)
{
	return (size_t)__builtin_ctz(pages);
}

/* How many pages follow each other from the first one on. */
static size_t
run_length(uint32_t pages)
{
	uint32_t others = ~(pages >> first_page(pages));

	return others != 0 ? (size_t)__builtin_ctz(others) : 32;
}

/*
 * The blocks [*from, *to) that overlap n pages, but for numbers beyond the last
 * block.
 */
static void
find_blocks(const struct nat_slab *slab, size_t page, size_t n, size_t *from,
	size_t *to)
{
	size_t size = nat_slab_shape(slab)->size;

	*from = page * host->page_size / size;
	*to = ((page + n) * host->page_size + size - 1) / size;
	if (*to > slab->capacity)
		*to = slab->capacity;
}

static bool
are_free(const struct nat_slab *slab, size_t from, size_t to)
{
	while (from < to && (slab->free[from / 64] >> from % 64 & 1) != 0)
		from++;
	return from == to;
}

static void
set_bits(struct nat_slab *slab, size_t from, size_t to, bool is_set)
{
	for (; from < to; from++) {
		uint64_t bit = UINT64_C(1) << from % 64;

		if (is_set)
			slab->free[from / 64] |= bit;
		else
			slab->free[from / 64] &= ~bit;
	}
}

void
nat_slab_hide_purged(struct nat_slab *slab, bool is_hidden)
{
	uint32_t left = nat_slab_cold(slab)->purged;

	while (left != 0) {
		size_t n = run_length(left);
		size_t from, to;

		find_blocks(slab, first_page(left), n, &from, &to);
		set_bits(slab, from, to, !is_hidden);
		left &= ~mask_of(first_page(left), n);
	}
}

/*
 * The pages that could be purged: committed, and no block on them is used.
 * Those of blocks of no bytes cannot be committed again: they have no access
 * rights.
 */
static uint32_t
find_unused(struct nat_slab *slab)
{
	const struct nat_slab_cold *cold = nat_slab_cold(slab);
	size_t n = cold->committed / host->page_size;
	uint32_t pages = 0;

	if (nat_tag_class(slab->tag) == NAT_CLASS_EMPTY)
		return 0;
	for (size_t i = 0; i < n; i++) {
		size_t from, to;

		find_blocks(slab, i, 1, &from, &to);
		if (from < to && to <= slab->carved && are_free(slab, from, to))
			pages |= mask_of(i, 1);
	}
	return pages & ~cold->purged;
}

/*
 * If purge fails, some of the pages may be released nevertheless: they must be
 * committed again in any case, which does not change those that are not.
 */
bool
nat_slab_purge(struct nat_slab *slab, unsigned int *runs, size_t *bytes)
{
	struct nat_slab_cold *cold = nat_slab_cold(slab);
	uint32_t left = find_unused(slab);
	bool is_done = true;

	for (*bytes = 0; left != 0 && is_done && *runs > 0; --*runs) {
		size_t first = first_page(left);
		size_t n = run_length(left);

		is_done = host->purge(slab->start + first * host->page_size,
				  n * host->page_size) == 0;
		cold->purged |= mask_of(first, n);
		left &= ~mask_of(first, n);
		*bytes += n * host->page_size;
	}
	return is_done && left == 0;
}

size_t
nat_slab_purged_bytes(struct nat_slab *slab)
{
	return (size_t)__builtin_popcount(nat_slab_cold(slab)->purged) *
		host->page_size;
}

/*
 * Commits the pages of as many blocks as nat_slab_carve does at once, beginning
 * at the first one that overlaps a purged page: so one of them, at least, can
 * be allocated then.
 */
bool
nat_slab_commit_purged(struct nat_slab *slab)
{
	const struct nat_shape *shape = nat_slab_shape(slab);
	struct nat_slab_cold *cold = nat_slab_cold(slab);
	size_t page_size = host->page_size;
	size_t first = first_page(cold->purged);
	size_t last = first * page_size / shape->size + shape->carve;
	size_t end;

	if (last > slab->carved)
		last = slab->carved;
	end = (last * shape->size + page_size - 1) / page_size;
	if (host->commit(slab->start + first * page_size,
		    (end - first) * page_size) != 0)
		return false;
	cold->purged &= ~mask_of(first, end - first);
	return true;
}
