/* SPDX-License-Identifier: BSD-3-Clause */
/* Storage of free extents that nothing needs; see idle.h. */
#include "config.h"

#include "core/idle.h"

#include "core/bitmap.h"
#include "core/checked.h"
#include "core/commit.h"
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

/*
 * Purges [first, end), of a free extent. The lock is given up meanwhile: nobody
 * may get the range, so it is taken out. False where that is impossible.
 */
static bool
purge_range(struct vmm_pool *pool, struct vmm_extent_set *free, size_t first,
	size_t end, size_t *purged)
{
	size_t had = vmm_bitmap_count(pool->committed, first, end);
	bool is_done;

	if (had == 0)
		return true;
	vmm_extent_take_at(free, first, end - first);
	is_done = vmm_pool_purge(pool, first, end - first) == 0;
	*purged += had - vmm_bitmap_count(pool->committed, first, end);
	vmm_extent_put(free, first, end - first);
	return is_done;
}

size_t
vmm_idle_purge(struct vmm_idle *idle, struct vmm_pool *pool,
	struct vmm_extent_set *free, size_t most, size_t run_min)
{
	size_t chunk = PURGE_CHUNK / pool->page_size;
	size_t end = pool->high_water;
	size_t purged = 0;
	size_t page, n;

	idle->n_purging++;
	while (purged < most && pool->can_punch && !pool->is_private &&
		vmm_extent_last_before(free, end, &page, &n)) {
		size_t first = page;

		if (page + n < end)
			end = page + n;
		if (n >= run_min) {
			/* no huge page is cut in two */
			if (vmm_align_down(end - 1, chunk) > page)
				first = vmm_align_down(end - 1, chunk);
			if (!purge_range(pool, free, first, end, &purged))
				first = page;
		}
		end = first; /* what was free below it may not be any more */
	}
	idle->n_purging--;
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
	struct vmm_extent_set *free, size_t used)
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
	if (idle->to_purge > 0 && idle->n_purging == 0) {
		size_t n = idle->to_purge < batch ? idle->to_purge : batch;

		idle->to_purge -= n;
		if (vmm_idle_purge(idle, pool, free, n,
			    PURGE_RUN_MIN / pool->page_size) < n)
			idle->to_purge = 0;
	}
}
