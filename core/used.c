/* SPDX-License-Identifier: BSD-3-Clause */
/* Pages in use; see used.h. */
#include "config.h"

#include "core/used.h"

#include "core/bitmap.h"
#include "core/clone.h"
#include "core/extent.h"
#include "core/pool.h"

#include <stdbool.h>

size_t
vmm_used_count(const struct vmm_pool *pool, const struct vmm_extent_set *free,
	size_t first, size_t last)
{
	size_t used = 0;
	size_t at = first;
	size_t page, n;

	if (vmm_extent_last_before(free, first + 1, &page, &n) &&
		page + n > first)
		at = page + n;
	while (at < last) {
		if (!vmm_extent_first_from(free, at, &page, &n) ||
			page > last) {
			page = last;
			n = 0;
		}
		used += vmm_bitmap_count(pool->committed, at, page);
		at = page + n;
	}
	return used;
}

/*
 * The next run [*first, *last) from *first on of pages that are in no free
 * extent and were ever used; false where there is none.
 */
static bool
next_used(const struct vmm_pool *pool, const struct vmm_extent_set *free,
	size_t *first, size_t *last)
{
	size_t at = *first;
	size_t page, n, bound;

	while (at < pool->high_water) {
		if (!vmm_extent_first_from(free, at, &page, &n)) {
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

size_t
vmm_used_bytes(const struct vmm_pool *pool, const struct vmm_extent_set *free)
{
	size_t pages = 0;
	size_t first = 0, last;

	for (; next_used(pool, free, &first, &last); first = last)
		pages += last - first;
	return pages * pool->page_size;
}

int
vmm_used_reserve(const struct vmm_pool *pool, const struct vmm_extent_set *free,
	struct vmm_clone *clone)
{
	size_t first = 0, last;

	for (; next_used(pool, free, &first, &last); first = last)
		if (vmm_clone_reserve(clone, first * pool->page_size,
			    (last - first) * pool->page_size) != 0)
			return -1;
	return 0;
}

int
vmm_used_copy(const struct vmm_pool *pool, const struct vmm_extent_set *free,
	struct vmm_clone *clone)
{
	size_t first = 0, last;

	for (; next_used(pool, free, &first, &last); first = last)
		if (vmm_clone_copy(clone, pool->base + first * pool->page_size,
			    first * pool->page_size,
			    (last - first) * pool->page_size) != 0)
			return -1;
	return 0;
}

void
vmm_used_forget_rest(struct vmm_pool *pool, const struct vmm_extent_set *free)
{
	size_t at = 0;
	size_t page, n;

	for (; vmm_extent_first_from(free, at, &page, &n) &&
		page < pool->high_water;
		at = page + n)
		vmm_pool_mark_dirty(pool, page,
			page + n < pool->high_water ? page + n
						    : pool->high_water,
			false);
}
