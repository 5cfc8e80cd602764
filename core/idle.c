/* SPDX-License-Identifier: BSD-3-Clause */
/* Storage of free extents that nothing needs; see idle.h. */
#include "config.h"

#include "core/idle.h"

#include "core/bitmap.h"
#include "core/checked.h"
#include "core/extent.h"
#include "core/os.h"
#include "core/pool.h"

/*
 * Free extents keep their storage, so that it is reused while it is warm. What
 * stayed free for all of an epoch is given back: the low-water mark of a cache,
 * as tcmalloc's and Go's scavengers use it. A little is always kept, no less
 * than may be committed ahead (core/commit.c), and no more than a batch is
 * given back at once, to keep the calls short.
 */
#define EPOCH_MS 200
#define KEEP_SHIFT 5
#define KEEP_MIN ((size_t)1 << 20)
#define PURGE_BATCH ((size_t)64 << 20)
#define PURGE_CHUNK ((size_t)8 << 20)

/*
 * Shorter runs are left alone: unmapping one interrupts all processors that the
 * process runs on, which costs more than its pages do (drift, one thread, spent
 * a quarter of its time on 1939 holes of 34 KiB on average).
 */
#define PURGE_RUN_MIN ((size_t)256 << 10)

/* Purges up to so many pages of one free extent, from its end. */
static size_t
purge_extent(struct vmm_pool *pool, size_t page, size_t n, size_t most)
{
	size_t chunk = PURGE_CHUNK / pool->page_size;
	size_t end = page + n < pool->high_water ? page + n : pool->high_water;
	size_t purged = 0;

	while (end > page && purged < most) {
		/* no huge page is cut in two */
		size_t first = vmm_align_down(end - 1, chunk);
		size_t had = pool->purged_pages;

		if (first < page)
			first = page;
		if (vmm_bitmap_find(pool->committed, first, end, true) < end &&
			vmm_pool_purge(pool, first, end - first) != 0)
			break;
		purged += pool->purged_pages - had;
		end = first;
	}
	return purged;
}

size_t
vmm_idle_purge(struct vmm_pool *pool, const struct vmm_extent_set *free,
	size_t most, size_t run_min)
{
	size_t before = SIZE_MAX;
	size_t page, n;
	size_t purged = 0;

	while (purged < most && pool->can_punch && !pool->is_private &&
		vmm_extent_last_before(free, before, &page, &n)) {
		if (n >= run_min)
			purged += purge_extent(pool, page, n, most - purged);
		before = page;
	}
	return purged;
}

static size_t
pages_to_keep(const struct vmm_pool *pool, size_t used_pages)
{
	size_t used = used_pages * pool->page_size;
	size_t keep = used >> KEEP_SHIFT;
	size_t ahead =
		used < pool->huge_page_size ? used : pool->huge_page_size;

	if (keep < ahead)
		keep = ahead;
	if (keep < KEEP_MIN)
		keep = KEEP_MIN;
	return keep / pool->page_size;
}

void
vmm_idle_look_after(struct vmm_idle *idle, struct vmm_pool *pool,
	const struct vmm_extent_set *free, size_t used)
{
	size_t batch = PURGE_BATCH / pool->page_size;
	size_t pages = pool->committed_pages - used;
	uint64_t now;

	if (pages < idle->least)
		idle->least = pages;
	now = vmm_os_clock_ms();
	if (now - idle->epoch_ms >= EPOCH_MS) {
		size_t keep = pages_to_keep(pool, used);

		idle->epoch_ms = now;
		idle->to_purge = idle->least > keep ? idle->least - keep : 0;
		idle->least = pages;
	}
	if (idle->to_purge > 0) {
		size_t n = idle->to_purge < batch ? idle->to_purge : batch;

		if (vmm_idle_purge(
			    pool, free, n, PURGE_RUN_MIN / pool->page_size) < n)
			idle->to_purge = 0;
		else
			idle->to_purge -= n;
	}
}
