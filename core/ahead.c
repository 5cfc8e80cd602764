/* SPDX-License-Identifier: BSD-3-Clause */
/* How far ahead to commit; see ahead.h. */
#include "config.h"

#include "core/ahead.h"

#include "base/bitmap.h"
#include "base/checked.h"
#include "core/pages.h"
#include "core/pool.h"

/*
 * Runs are committed in steps of an eighth of what is committed, within these
 * bounds. Touching a page costs ten times as much as populating it, but batches
 * of more than 256 KiB gain no more, and pages that are committed and not used
 * are memory held for nothing. A huge page costs as much as 350 KiB of small
 * ones, and may add as much ahead as was asked for. Nothing is committed ahead
 * if more than AHEAD_MAX and more than half of what was asked for already is,
 * or an eighth if the step would fill a hole below the high-water mark. See
 * doc/measurements.md; bench/core-costs builds with other bounds.
 */
#ifndef AHEAD_SHIFT
#define AHEAD_SHIFT 3
#endif
#ifndef AHEAD_MIN
#define AHEAD_MIN ((size_t)16 << 10)
#endif
#ifndef AHEAD_MAX
#define AHEAD_MAX ((size_t)256 << 10)
#endif
#define GROWING_SHIFT 1

/* Pages that were asked for, including those of calls in progress. */
static size_t
wanted_pages(const struct vmm_pool *pool)
{
	return pool->dirty_pages + pool->claimed_pages;
}

/* Whether pages may be committed ahead as far as this one. */
static bool
may_go_ahead(const struct vmm_pool *pool, size_t page)
{
	size_t ahead = pool->committed_pages - wanted_pages(pool);
	unsigned int shift =
		page >= pool->high_water ? GROWING_SHIFT : AHEAD_SHIFT;

	return ahead <= wanted_pages(pool) >> shift ||
		ahead * pool->page_size <= AHEAD_MAX;
}

/* The length of the step for a run that ends at last; 0 if none is allowed. */
static size_t
ahead_pages(const struct vmm_pool *pool, size_t last)
{
	size_t bytes = pool->committed_pages * pool->page_size >> AHEAD_SHIFT;

	if (!may_go_ahead(pool, last))
		return 0;
	if (bytes < AHEAD_MIN)
		bytes = AHEAD_MIN;
	if (bytes > AHEAD_MAX)
		bytes = AHEAD_MAX;
	return bytes / pool->page_size;
}

/*
 * Whether to commit the whole huge page around a run [first, last) of
 * uncommitted pages: not if too much would be ahead, or if a page behind the
 * run is committed. Pages before the run may be committed.
 */
static bool
wants_huge_page(const struct vmm_pool *pool, size_t first, size_t last)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	size_t from = vmm_align_down(first, huge);
	size_t to = from + huge;
	size_t had = vmm_pages_committed(pool, from, first);

	return pool->wants_huge && to <= pool->pages &&
		may_go_ahead(pool, to - 1) &&
		huge - had - (last - first) <= wanted_pages(pool) &&
		vmm_pages_are_hole(pool, last, to) &&
		vmm_pool_is_uniform(pool, from, to);
}

struct vmm_ahead_plan
vmm_ahead_make_plan(const struct vmm_pool *pool, size_t first, size_t last)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	size_t end = first + ahead_pages(pool, last);
	struct vmm_ahead_plan plan = { .huge_first = first,
		.huge_last = first };

	if (pool->is_lazy && pool->wants_huge && last - first > huge) {
		/* whole huge pages: see end_of_run in commit.c */
		plan.huge_last = last;
		plan.is_hole = true;
	} else if (wants_huge_page(pool, first, last)) {
		plan.huge_first = vmm_align_down(first, huge);
		plan.huge_last = plan.huge_first + huge;
		plan.is_hole = vmm_pages_are_hole(pool, plan.huge_first, first);
	}
	if (end > pool->pages)
		end = pool->pages;
	if (end > last)
		end = vmm_bitmap_find(pool->committed, last, end, true);
	plan.first = vmm_align_down(first, pool->granule);
	plan.last = vmm_align_up(last, pool->granule);
	plan.end = vmm_align_down(end, pool->granule);
	return plan;
}

/*
 * While less than a huge page is ahead, one may be added within half of what
 * was asked for; otherwise within an eighth.
 */
bool
vmm_ahead_may_commit_next(const struct vmm_pool *pool)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	size_t ahead = pool->committed_pages - wanted_pages(pool);
	unsigned int shift = ahead < huge ? GROWING_SHIFT : AHEAD_SHIFT;

	return ahead + huge <= wanted_pages(pool) >> shift &&
		pool->wants_huge && vmm_huge_is_allowed(&pool->huge);
}
