/* SPDX-License-Identifier: BSD-3-Clause */
/* The state of pages; see pages.h. */
#include "config.h"

#include "core/pages.h"

#include "base/bitmap.h"
#include "base/checked.h"
#include "base/extent.h"
#include "core/defer.h"
#include "core/pool.h"
#include "core/room.h"

/*
 * The end of the part of a range that can have committed pages. The bitmaps are
 * not even read beyond it: in a large pool they are large, and untouched.
 */
static size_t
end_of_use(const struct vmm_pool *pool, size_t last)
{
	return last < pool->high_water ? last : pool->high_water;
}

static size_t
count_committed(const struct vmm_pool *pool, size_t first, size_t last)
{
	return vmm_bitmap_count(pool->committed, first, end_of_use(pool, last));
}

/* Committed pages of a range that are in no free extent. */
static size_t
count_used(const struct vmm_pool *pool, size_t first, size_t last)
{
	size_t used = 0;
	size_t at = first;
	size_t page, n;

	if (vmm_extent_last_before(&pool->free, first + 1, &page, &n) &&
		page + n > first)
		at = page + n;
	while (at < last) {
		if (!vmm_extent_first_from(&pool->free, at, &page, &n) ||
			page > last) {
			page = last;
			n = 0;
		}
		used += count_committed(pool, at, page);
		at = page + n;
	}
	return used;
}

/* The budget counts what all pools of the process have committed. */
static void
set_committed(struct vmm_pool *pool, size_t pages)
{
	if (pool->budget != NULL)
		pool->budget->committed += pages - pool->committed_pages;
	pool->committed_pages = pages;
}

void
vmm_pages_mark_committed(struct vmm_pool *pool, size_t first, size_t last)
{
	pool->used_pages -= count_used(pool, first, last);
	set_committed(pool,
		pool->committed_pages +
			vmm_bitmap_assign(pool->committed, first, last, true));
	if (pool->committed_pages > pool->committed_peak)
		pool->committed_peak = pool->committed_pages;
	if (last > pool->high_water)
		pool->high_water = last;
	pool->used_pages += count_used(pool, first, last);
}

void
vmm_pages_mark_purged(struct vmm_pool *pool, size_t first, size_t last)
{
	size_t used = count_used(pool, first, last);
	size_t end = end_of_use(pool, last);
	size_t purged = vmm_bitmap_assign(pool->committed, first, end, false);

	vmm_pages_mark_dirty(pool, first, end, false);
	vmm_defer_end(pool, first, end);
	pool->used_pages -= used;
	set_committed(pool, pool->committed_pages - purged);
	pool->purged_pages += purged;
	if (last >= pool->high_water && first < pool->high_water)
		pool->high_water = first;
}

size_t
vmm_pages_mark_dirty(
	struct vmm_pool *pool, size_t first, size_t last, bool is_dirty)
{
	size_t n = vmm_bitmap_assign(pool->dirty, first, last, is_dirty);

	if (is_dirty)
		pool->dirty_pages += n;
	else
		pool->dirty_pages -= n;
	if (pool->budget != NULL && pool->is_lazy)
		pool->budget->lazy += is_dirty ? n : 0 - n;
	return n;
}

size_t
vmm_pages_committed(const struct vmm_pool *pool, size_t first, size_t last)
{
	return count_committed(pool, first, last);
}

bool
vmm_pages_are_hole(const struct vmm_pool *pool, size_t first, size_t last)
{
	size_t end = end_of_use(pool, last);

	return vmm_bitmap_find(pool->committed, first, end, true) == end;
}

void
vmm_pages_free(struct vmm_pool *pool, size_t first, size_t last)
{
	if (first >= last)
		return;
	pool->used_pages -= count_committed(pool, first, last);
	vmm_extent_insert(&pool->free, first, last - first);
}

bool
vmm_pages_alloc_at(struct vmm_pool *pool, size_t first, size_t n)
{
	if (!vmm_extent_remove_at(&pool->free, first, n))
		return false;
	pool->used_pages += count_committed(pool, first, first + n);
	return true;
}

size_t
vmm_pages_alloc(struct vmm_pool *pool, size_t n, size_t align)
{
	size_t base = (size_t)pool->base / pool->page_size;
	size_t page = vmm_extent_remove(&pool->free, n, align, base);

	if (page != VMM_EXTENT_NONE)
		pool->used_pages += count_committed(pool, page, page + n);
	return page;
}

/* The part of the pool, as a shift, that is for extents with room to grow. */
#define GROWING_PART_SHIFT 3

/*
 * The room is left below the extent. The next growing extent does not fit there
 * together with its own room, so it is placed above this one: its room, which
 * is directly above this one, is where this one can grow.
 */
size_t
vmm_pages_alloc_growing(struct vmm_pool *pool, size_t n, size_t align)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	size_t part = pool->pages >> GROWING_PART_SHIFT;
	size_t room = vmm_align_down(n, huge);
	size_t page;

	if (n < huge || n > part / 2 || align > huge)
		return VMM_EXTENT_NONE;
	page = vmm_pages_alloc(pool, room + n, huge);
	if (page == VMM_EXTENT_NONE)
		return page;
	if (page + room + n > part) {
		vmm_pages_free(pool, page, page + room + n);
		return VMM_EXTENT_NONE;
	}
	vmm_pages_free(pool, page, page + room);
	return page + room;
}

bool
vmm_pages_next_used(const struct vmm_pool *pool, size_t *first, size_t *last)
{
	size_t at = *first;
	size_t page, n, bound;

	/* at may lie in a free extent */
	if (vmm_extent_last_before(&pool->free, at + 1, &page, &n) &&
		page + n > at)
		at = page + n;
	while (at < pool->high_water) {
		if (!vmm_extent_first_from(&pool->free, at, &page, &n)) {
			page = pool->high_water;
			n = 0;
		}
		bound = page < pool->high_water ? page : pool->high_water;
		*first = vmm_bitmap_find(pool->dirty, at, bound, true);
		if (*first < bound) {
			*last = vmm_bitmap_find(
				pool->dirty, *first, bound, false);
			return true;
		}
		at = page + n;
	}
	return false;
}

void
vmm_pages_forget_free(struct vmm_pool *pool)
{
	size_t at = 0;
	size_t page, n;

	for (; vmm_extent_first_from(&pool->free, at, &page, &n) &&
		page < pool->high_water;
		at = page + n)
		vmm_pages_mark_dirty(pool, page,
			page + n < pool->high_water ? page + n
						    : pool->high_water,
			false);
}

/* Marks whole granules: all of a granule is backed if one page of it is. */
static void
spread_over_granules(struct vmm_pool *pool)
{
	for (size_t g = 0; g < pool->high_water; g += pool->granule)
		if (vmm_bitmap_find(pool->dirty, g, g + pool->granule, true) <
			g + pool->granule)
			vmm_pages_mark_dirty(pool, g, g + pool->granule, true);
}

void
vmm_pages_keep_dirty_only(struct vmm_pool *pool)
{
	size_t n = 0;

	if (pool->granule > 1)
		spread_over_granules(pool);
	for (size_t w = 0; w < VMM_BITMAP_WORDS(pool->high_water); w++) {
		pool->committed[w] &= pool->dirty[w];
		if (pool->defers)
			pool->deferred[w] &= pool->dirty[w];
		n += (size_t)__builtin_popcountll(pool->committed[w]);
	}
	set_committed(pool, n);
	pool->used_pages = count_used(pool, 0, pool->high_water);
}

bool
vmm_pages_are_consistent(const struct vmm_pool *pool)
{
	size_t end = pool->high_water;

	return vmm_bitmap_count(pool->committed, 0, end) ==
		pool->committed_pages &&
		vmm_bitmap_count(pool->dirty, 0, end) == pool->dirty_pages &&
		count_used(pool, 0, pool->high_water) == pool->used_pages &&
		pool->used_pages <= pool->committed_pages &&
		pool->dirty_pages <= pool->committed_pages;
}
