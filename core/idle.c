/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of free extents that nothing needs; see idle.h. */
#include "config.h"

#include "core/idle.h"

#include "base/checked.h"
#include "core/commit.h"
#include "base/extent.h"
#include "core/pages.h"
#include "core/pool.h"
#include "os/process.h"

/*
 * Free extents stay committed, so that they are reused while they are warm.
 * Pages that stayed free for a whole epoch are purged: the low-water mark of a
 * cache, as the scavengers of tcmalloc and Go use it. A little is always kept:
 * no less than may be committed ahead (core/ahead.c). At most a batch is purged
 * at once, to keep the calls short.
 */
#define EPOCH_MS 200
#define KEEP_SHIFT 5
#define KEEP_MIN ((size_t)1 << 20)
#define PURGE_BATCH ((size_t)64 << 20)
#define PURGE_CHUNK ((size_t)8 << 20)

/*
 * Shorter runs are not purged: to unmap a run interrupts all processors that
 * the process runs on, which costs more than its pages do (drift, one thread,
 * spent a quarter of its time on 1939 holes of 34 KiB on average).
 */
#define PURGE_RUN_MIN ((size_t)256 << 10)

/*
 * Purges [first, end), which lies in a free extent. The range is not in the
 * free extents during the call: the lock may be released, and no other thread
 * may allocate it then. Returns false if not all of it could be purged.
 */
static bool
purge_range(struct vmm_pool *pool, size_t first, size_t end, size_t *purged)
{
	size_t had = vmm_pages_committed(pool, first, end);
	bool is_done;

	if (had == 0)
		return true;
	vmm_pages_alloc_at(pool, first, end - first);
	is_done = vmm_pool_purge(pool, first, end - first) == 0;
	*purged += had - vmm_pages_committed(pool, first, end);
	vmm_pages_free(pool, first, end);
	return is_done;
}

size_t
vmm_idle_purge(struct vmm_idle *idle, struct vmm_pool *pool, size_t most,
	size_t run_min)
{
	size_t chunk = PURGE_CHUNK / pool->page_size;
	size_t end = pool->high_water;
	size_t purged = 0;
	size_t page, n;

	idle->n_purging++;
	while (purged < most &&
		vmm_extent_last_before(&pool->free, end, &page, &n)) {
		size_t first = page;

		if (page + n < end)
			end = page + n;
		if (n >= run_min) {
			/* chunks do not cut a huge page in two */
			if (vmm_align_down(end - 1, chunk) > page)
				first = vmm_align_down(end - 1, chunk);
			if (!purge_range(pool, first, end, &purged))
				first = page;
		}
		end = first; /* extents below may have changed by now */
	}
	idle->n_purging--;
	return purged;
}

static size_t
pages_to_keep(const struct vmm_pool *pool)
{
	size_t used = pool->used_pages * pool->page_size;
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
vmm_idle_look_after(struct vmm_idle *idle, struct vmm_pool *pool)
{
	size_t batch = PURGE_BATCH / pool->page_size;
	size_t pages = pool->committed_pages - pool->used_pages;
	uint64_t now;

	if (pages < idle->least)
		idle->least = pages;
	now = vmm_os_clock_ms();
	if (now - idle->epoch_ms >= EPOCH_MS) {
		size_t keep = pages_to_keep(pool);

		idle->epoch_ms = now;
		idle->to_purge = idle->least > keep ? idle->least - keep : 0;
		idle->least = pages;
		vmm_pool_collect(pool);
	}
	if (idle->to_purge > 0 && idle->n_purging == 0) {
		size_t n = idle->to_purge < batch ? idle->to_purge : batch;

		idle->to_purge -= n;
		if (vmm_idle_purge(
			    idle, pool, n, PURGE_RUN_MIN / pool->page_size) < n)
			idle->to_purge = 0;
	}
}
