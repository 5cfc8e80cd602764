/* SPDX-License-Identifier: BSD-3-Clause */
/* Where an extent lies; see place.h. */
#include "config.h"

#include "core/place.h"

#include "base/checked.h"
#include "core/extent.h"
#include "core/pages.h"
#include "core/pool.h"

/* How much of the pool is for extents with room behind them. */
#define GROWING_PART_SHIFT 3

/*
 * The room is left before the extent: there the next one that grows does not
 * fit with its own, but behind this one it does, which then has that room.
 */
size_t
vmm_place_growing(struct vmm_pool *pool, size_t n, size_t align)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	size_t part = pool->pages >> GROWING_PART_SHIFT;
	size_t room = vmm_align_down(n, huge);
	size_t page;

	if (n < huge || n > part / 2 || align > huge)
		return VMM_EXTENT_NONE;
	page = vmm_pages_find_free(pool, room + n, huge);
	if (page == VMM_EXTENT_NONE)
		return page;
	if (page + room + n > part) {
		vmm_pages_put_free(pool, page, page + room + n);
		return VMM_EXTENT_NONE;
	}
	vmm_pages_put_free(pool, page, page + room);
	return page + room;
}
