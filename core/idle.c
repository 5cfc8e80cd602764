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

#include <limits.h>

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
 * To unmap a shorter run interrupts all processors that the process runs on,
 * which costs more than its pages do (drift, one thread, spent a quarter of its
 * time on 1939 holes of 34 KiB on average), and far more in a virtual machine
 * without nested page tables. While the extents change, such runs are purged
 * for SHORT_NS per epoch, if what was idle is more than this part of what is
 * used. If the extents hardly change, nothing is lost by purging all.
 */
#define PURGE_RUN_MIN ((size_t)256 << 10)
#define SHORT_RUN_MIN ((size_t)16 << 10)
#define SHORT_PART_SHIFT 3
#define SHORT_NS (EPOCH_MS * 1000000 / 16)
#define SHORT_NS_QUIET UINT64_MAX
#define SHORT_RUNS 64u	      /* per call */
#define SHORT_RUNS_QUIET 256u /* per call */
#define QUIET_CHANGES 64u

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

/* As vmm_idle_purge, but no more than *max_runs runs, which are subtracted. */
static size_t
purge_runs(struct vmm_idle *idle, struct vmm_pool *pool, size_t most,
	size_t run_min, unsigned int *max_runs)
{
	unsigned int runs = *max_runs;
	size_t chunk = PURGE_CHUNK / pool->page_size;
	size_t end = pool->high_water;
	size_t purged = 0;
	size_t page, n, had;

	idle->n_purging++;
	while (runs > 0 && purged < most &&
		vmm_extent_last_before(&pool->free, end, &page, &n)) {
		size_t first = page;

		if (page + n < end)
			end = page + n;
		if (n >= run_min) {
			/* chunks do not cut a huge page in two */
			if (vmm_align_down(end - 1, chunk) > page)
				first = vmm_align_down(end - 1, chunk);
			had = purged;
			if (!purge_range(pool, first, end, &purged))
				first = page;
			runs -= purged > had;
		}
		end = first; /* extents below may have changed by now */
	}
	idle->n_purging--;
	*max_runs = runs;
	return purged;
}

size_t
vmm_idle_purge(struct vmm_idle *idle, struct vmm_pool *pool, size_t most,
	size_t run_min)
{
	unsigned int runs = UINT_MAX;

	return purge_runs(idle, pool, most, run_min, &runs);
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

bool
vmm_idle_purge_batch(struct vmm_idle *idle, struct vmm_pool *pool)
{
	unsigned int runs = SHORT_RUNS_QUIET;
	size_t pages = pool->committed_pages - pool->used_pages;
	size_t keep = pages_to_keep(pool);
	size_t n = PURGE_CHUNK / pool->page_size;

	if (pages <= keep)
		return false;
	if (n > pages - keep)
		n = pages - keep;
	return purge_runs(idle, pool, n, SHORT_RUN_MIN / pool->page_size,
		       &runs) >= n ||
		runs == 0;
}

static void
begin_epoch(struct vmm_idle *idle, const struct vmm_pool *pool, uint64_t now)
{
	size_t pages = pool->committed_pages - pool->used_pages;
	size_t keep = pages_to_keep(pool);

	idle->epoch_ms = now;
	idle->to_purge = idle->least > keep ? idle->least - keep : 0;
	idle->least = pages;
	idle->is_quiet = idle->changes <= QUIET_CHANGES;
	idle->changes = 0;
	idle->short_ns = idle->is_quiet ? SHORT_NS_QUIET : SHORT_NS;
}

/* Purges up to n pages, and fewer than that only if the rest is to be kept. */
static void
purge_short(struct vmm_idle *idle, struct vmm_pool *pool, size_t n)
{
	unsigned int runs = idle->is_quiet ? SHORT_RUNS_QUIET : SHORT_RUNS;
	uint64_t start, took;
	size_t purged;

	idle->to_purge = 0;
	if (!idle->is_quiet && n <= pool->used_pages >> SHORT_PART_SHIFT)
		return;
	start = vmm_os_clock_ns();
	purged = purge_runs(
		idle, pool, n, SHORT_RUN_MIN / pool->page_size, &runs);
	took = vmm_os_clock_ns() - start;
	idle->short_ns -= took < idle->short_ns ? took : idle->short_ns;
	/* continue with the next call if only the number of runs stopped it */
	if (purged < n && runs == 0 && idle->short_ns > 0)
		idle->to_purge = n - purged;
}

void
vmm_idle_look_after(
	struct vmm_idle *idle, struct vmm_pool *pool, bool is_change)
{
	size_t batch = PURGE_BATCH / pool->page_size;
	size_t pages = pool->committed_pages - pool->used_pages;
	uint64_t now;

	idle->changes += is_change;
	if (pages < idle->least)
		idle->least = pages;
	now = vmm_os_clock_ms();
	if (now - idle->epoch_ms >= EPOCH_MS) {
		begin_epoch(idle, pool, now);
		vmm_pool_collect(pool);
	}
	if (idle->to_purge > 0 && idle->n_purging == 0) {
		size_t n = idle->to_purge < batch ? idle->to_purge : batch;
		size_t purged = vmm_idle_purge(
			idle, pool, n, PURGE_RUN_MIN / pool->page_size);

		idle->to_purge -=
			purged < idle->to_purge ? purged : idle->to_purge;
		if (purged < n)
			purge_short(idle, pool, idle->to_purge);
	}
}
