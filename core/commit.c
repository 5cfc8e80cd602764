/* SPDX-License-Identifier: BSD-3-Clause */
/* Committing pages and purging them; see commit.h. */
#include "config.h"

#include "core/commit.h"

#include "base/bitmap.h"
#include "base/checked.h"
#include "core/ahead.h"
#include "core/defer.h"
#include "os/lock.h"
#include "base/log.h"
#include "core/pages.h"
#include "core/pool.h"
#include "core/populate.h"
#include "core/room.h"

#include <errno.h>

/*
 * A thread that would otherwise wait looks at up to this many huge pages for a
 * hole.
 */
#define NEXT_MAX 64

/* Pages that a thread commits or purges while it does not hold the lock. */
struct vmm_commit {
	struct vmm_commit *next, **link;
	size_t first, last;
};

bool
vmm_commit_is_in_flight(const struct vmm_pool *pool, size_t first, size_t last)
{
	const struct vmm_commit *commit = pool->in_flight;

	while (commit != NULL &&
		(commit->first >= last || commit->last <= first))
		commit = commit->next;
	return commit != NULL;
}

/*
 * Registers the range, so that other threads leave it alone, and releases the
 * lock.
 */
static void
begin(struct vmm_pool *pool, struct vmm_commit *commit)
{
	VMM_ASSERT(!vmm_commit_is_in_flight(pool, commit->first, commit->last));
	commit->next = pool->in_flight;
	commit->link = &pool->in_flight;
	if (commit->next != NULL)
		commit->next->link = &commit->next;
	pool->in_flight = commit;
	vmm_lock_pause_work();
}

static void
end(const struct vmm_commit *commit)
{
	vmm_lock_resume_work();
	*commit->link = commit->next;
	if (commit->next != NULL)
		commit->next->link = commit->link;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
most(size_t a, size_t b)
{
	return a > b ? a : b;
}

/*
 * Backs the huge page of the plan or, if that fails, all pages up to plan->end,
 * or at least those that are needed. On success [plan->first, plan->last) is
 * what was backed. 0, or -1 with errno.
 */
static int
carry_out(struct vmm_pool *pool, struct vmm_ahead_plan *plan)
{
	if (plan->huge_first < plan->huge_last &&
		vmm_populate_huge(pool, plan->huge_first, plan->huge_last,
			plan->is_hole) == 0) {
		plan->first = plan->huge_first;
		plan->last = plan->huge_last;
		return 0;
	}
	if (plan->end > plan->last &&
		vmm_populate(pool, plan->first, plan->end) == 0) {
		plan->last = plan->end;
		return 0;
	}
	return vmm_populate(pool, plan->first, plan->last);
}

/* Units that have no blocks yet, because no page of them is committed. */
struct bare_units {
	size_t first, last; /* pages */
};

/* Of the units of commit, whose other pages are not committed. */
static struct bare_units
find_bare(const struct vmm_pool *pool, const struct vmm_commit *commit)
{
	struct bare_units bare = { commit->first, commit->last };
	size_t unit = pool->unit;

	if (unit == pool->granule)
		return (struct bare_units){ 0, 0 };
	if (vmm_bitmap_find(pool->committed, bare.first, bare.first + unit,
		    true) < bare.first + unit)
		bare.first += unit;
	if (bare.first < bare.last &&
		vmm_bitmap_find(pool->committed, bare.last - unit, bare.last,
			true) < bare.last)
		bare.last -= unit;
	return bare;
}

/* Blocks for units first, for at least those that are needed. */
static int
back(struct vmm_pool *pool, struct vmm_ahead_plan *plan,
	const struct bare_units *bare)
{
	if (vmm_populate_blocks(pool, bare->first, bare->last) != 0) {
		plan->end = plan->last;
		if (vmm_populate_blocks(pool, bare->first,
			    least(bare->last,
				    vmm_align_up(plan->last, pool->unit))) != 0)
			return -1;
	}
	return carry_out(pool, plan);
}

/* Releases units of the range of which no page is committed. */
static void
release_bare(struct vmm_pool *pool, size_t first, size_t last)
{
	size_t at = vmm_align_down(first, pool->unit);
	size_t end = vmm_align_up(last, pool->unit);

	while (at < end) {
		size_t used = vmm_bitmap_find(pool->committed, at, end, true);
		size_t stop =
			used < end ? vmm_align_down(used, pool->unit) : end;

		if (stop > at)
			vmm_pool_release(pool, at, stop);
		at = stop + pool->unit;
	}
}

/*
 * Makes the range accessible and detaches it from past files. 0, or -1 with
 * ENOMEM.
 */
static int
make_ready(struct vmm_pool *pool, size_t first, size_t last)
{
	if (vmm_pool_map(pool, last) != 0)
		return -1;
	return vmm_pool_renew(pool, first, last);
}

/*
 * Instead of waiting for the commit in flight of what lies before page, commits
 * the next huge page that is a hole: threads that allocate at the same time
 * share huge pages, and will want that one. Returns false if too much would be
 * ahead or there is no such page. If it returns true, the lock was released in
 * between: the caller must check again whether there is anything to wait for,
 * even if the kernel had no huge page.
 */
static bool
commit_next(struct vmm_pool *pool, size_t page)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	struct vmm_commit commit = { .first = vmm_align_up(page, huge) };
	bool has_worked;

	if (!vmm_ahead_may_commit_next(pool))
		return false;
	for (int i = 0; i < NEXT_MAX; i++, commit.first += huge) {
		commit.last = commit.first + huge;
		if (commit.last > pool->pages)
			return false;
		if (!vmm_pages_are_hole(pool, commit.first, commit.last) ||
			!vmm_pool_is_uniform(pool, commit.first, commit.last) ||
			vmm_commit_is_in_flight(
				pool, commit.first, commit.last))
			continue;
		if (!vmm_room_begin(pool, huge))
			return false;
		if (make_ready(pool, commit.first, commit.last) != 0) {
			vmm_room_end(pool, huge);
			return false;
		}
		begin(pool, &commit);
		has_worked = vmm_populate_huge(pool, commit.first, commit.last,
				     true) == 0;
		end(&commit);
		vmm_room_end(pool, huge);
		if (has_worked)
			vmm_pages_mark_committed(
				pool, commit.first, commit.last);
		return true;
	}
	return false;
}

static struct vmm_commit
in_units(const struct vmm_pool *pool, size_t first, size_t last)
{
	return (struct vmm_commit){
		.first = vmm_align_down(first, pool->unit),
		.last = vmm_align_up(last, pool->unit),
	};
}

/*
 * Commits the run [first, last) of uncommitted pages, and some pages around it,
 * and adds the size of the run to *claimed. If another thread is committing or
 * purging some of these pages, commits another huge page or waits instead, and
 * returns 0: the caller must look again for uncommitted pages. -1 with errno if
 * there is no memory.
 */
static int
commit_run(struct vmm_pool *pool, size_t first, size_t last, size_t *claimed)
{
	struct vmm_ahead_plan plan = vmm_ahead_make_plan(pool, first, last);
	size_t from = least(plan.first, plan.huge_first);
	size_t to = most(most(plan.last, plan.end), plan.huge_last);
	struct vmm_commit commit = in_units(pool, from, to);
	size_t reserved = to - from;
	struct bare_units bare;
	int r;

	if (vmm_commit_is_in_flight(pool, commit.first, commit.last)) {
		if (!commit_next(pool, commit.last))
			vmm_lock_wait();
		return 0;
	}
	if (!vmm_room_begin(pool, reserved)) {
		plan.huge_first = plan.huge_last = from = plan.first;
		plan.end = to = plan.last;
		commit = in_units(pool, from, to);
		reserved = to - from;
		if (!vmm_room_begin(pool, reserved)) {
			if (!vmm_room_is_in_flight(pool))
				return -1;
			vmm_lock_wait();
			return 0;
		}
	}
	if (vmm_pool_map(pool, commit.last) != 0 ||
		make_ready(pool, from, to) != 0) {
		vmm_room_end(pool, reserved);
		return -1;
	}
	bare = find_bare(pool, &commit);
	begin(pool, &commit);
	r = back(pool, &plan, &bare);
	end(&commit);
	vmm_room_end(pool, reserved);
	if (r != 0) { /* pages ahead may stay backed */
		release_bare(pool, plan.first, plan.last);
		return -1;
	}
	vmm_pages_mark_committed(pool, plan.first, plan.last);
	pool->claimed_pages += last - first;
	*claimed += last - first;
	return 0;
}

/*
 * The end of the run of uncommitted pages that begins at first, clipped to the
 * huge page around first if that may be backed as one: a thread that commits
 * pages beyond it need not wait then. In a pool in memory no thread waits for
 * long, and all whole huge pages of the run are one call.
 */
static size_t
end_of_run(const struct vmm_pool *pool, size_t first, size_t end_page)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	size_t next = vmm_align_down(first, huge) + huge;

	if (pool->is_lazy && pool->wants_huge && first == next - huge) {
		end_page =
			vmm_bitmap_find(pool->committed, first, end_page, true);
		return end_page >= next ? vmm_align_down(end_page, huge)
					: end_page;
	}
	if (pool->granule > 1 || pool->wants_huge)
		end_page = least(end_page, next);
	return vmm_bitmap_find(pool->committed, first, end_page, true);
}

/* Purges pages of [first, last) that are committed and not dirty. */
static void
purge_clean(struct vmm_pool *pool, size_t first, size_t last)
{
	size_t at = first;

	while ((at = vmm_bitmap_find(pool->committed, at, last, true)) < last) {
		size_t stop = vmm_bitmap_find(pool->committed, at, last, false);
		size_t dirty = vmm_bitmap_find(pool->dirty, at, stop, true);

		if (dirty > at)
			vmm_pool_purge(pool, at, dirty - at);
		at = vmm_bitmap_find(pool->dirty, dirty, stop, false);
	}
}

static int
commit_all_runs(
	struct vmm_pool *pool, size_t page, size_t last, size_t *claimed)
{
	size_t at = page;

	while ((at = vmm_bitmap_find(pool->committed, at, last, false)) < last)
		if (commit_run(pool, at, end_of_run(pool, at, last), claimed) !=
			0)
			return -1;
	return 0;
}

/*
 * Commits a range of which no page is committed, but does not back it. If other
 * commits may leave room for it, waits instead, and returns 0: the caller must
 * look again. -1 if there is no memory.
 */
static int
commit_hole(struct vmm_pool *pool, size_t first, size_t last)
{
	int r;

	if (!vmm_room_begin(pool, last - first)) {
		if (!vmm_room_is_in_flight(pool))
			return -1;
		vmm_lock_wait();
		return 0;
	}
	r = make_ready(pool, first, last);
	vmm_room_end(pool, last - first);
	if (r != 0)
		return -1;
	vmm_pages_mark_committed(pool, first, last);
	vmm_defer_begin(pool, first, last);
	return 0;
}

/* The same for all pages of the range that are not committed. */
static int
commit_holes(struct vmm_pool *pool, size_t page, size_t last)
{
	size_t at = page;

	while ((at = vmm_bitmap_find(pool->committed, at, last, false)) <
		last) {
		size_t end = vmm_bitmap_find(pool->committed, at, last, true);

		if (vmm_commit_is_in_flight(pool, at, end))
			vmm_lock_wait();
		else if (commit_hole(pool, at, end) != 0)
			return -1;
	}
	return 0;
}

/* Backs pages of the range that were committed as a part of a large block. */
static int
back_deferred(struct vmm_pool *pool, size_t page, size_t last)
{
	size_t at = page;
	int r;

	while ((at = vmm_defer_find(pool, at, last)) < last) {
		struct vmm_commit commit = { .first = at };

		commit.last = vmm_bitmap_find(pool->deferred, at, last, false);
		if (vmm_commit_is_in_flight(pool, at, commit.last)) {
			vmm_lock_wait();
			continue;
		}
		begin(pool, &commit);
		r = vmm_populate(pool, commit.first, commit.last);
		end(&commit);
		if (r != 0)
			return -1;
		vmm_defer_end(pool, commit.first, commit.last);
	}
	return 0;
}

int
vmm_pool_commit(struct vmm_pool *pool, size_t page, size_t n, bool *is_zero)
{
	size_t last = page + n;
	size_t claimed = 0;
	size_t n_dirty;
	int r;

	if (!vmm_room_is_likely(pool, page, last))
		goto out_enomem;
	if (pool->is_device)
		vmm_pages_mark_committed(pool, page, last);
	if (vmm_defer_may(pool, n)) {
		r = commit_holes(pool, page, last);
	} else {
		r = commit_all_runs(pool, page, last, &claimed);
		if (r == 0)
			r = back_deferred(pool, page, last);
	}
	pool->claimed_pages -= claimed;
	if (r != 0) {
		purge_clean(pool, page, last);
		vmm_room_forget(pool);
		goto out_enomem;
	}
	n_dirty = vmm_pages_mark_dirty(pool, page, last, true);
	vmm_room_use(pool, n_dirty);
	if (is_zero != NULL)
		*is_zero = n_dirty == n && !pool->is_device;
	VMM_LOG(3, "committed %zu pages from page %zu on", n, page);
	return 0;

out_enomem:
	VMM_LOG(1, "commit of %zu pages from page %zu on: no memory", n, page);
	errno = ENOMEM;
	return -1;
}

int
vmm_pool_commit_all(struct vmm_pool *pool)
{
	if (pool->is_device)
		return 0;
	if (make_ready(pool, 0, pool->pages) != 0 ||
		vmm_populate(pool, 0, pool->pages) != 0) {
		errno = ENOMEM;
		return -1;
	}
	vmm_pages_mark_committed(pool, 0, pool->pages);
	return 0;
}

/*
 * The start of a range to be purged, or its end, if that is within a unit: the
 * unit is purged too if no page of its other part is committed.
 */
static size_t
purge_bound(const struct vmm_pool *pool, size_t bound, bool is_end)
{
	size_t below = vmm_align_down(bound, pool->unit);
	size_t above = vmm_align_up(bound, pool->unit);
	size_t from = is_end ? bound : below;
	size_t to = is_end ? above : bound;
	bool is_bare;

	if (below == above || !vmm_pool_has_units_at(pool, below))
		return bound;
	is_bare = vmm_bitmap_find(pool->committed, from, to, true) == to;
	return is_bare == is_end ? above : below;
}

int
vmm_pool_purge(struct vmm_pool *pool, size_t page, size_t n)
{
	struct vmm_commit commit = {
		.first = purge_bound(pool, page, false),
		.last = purge_bound(pool, page + n, true),
	};
	bool is_quick;
	size_t done;

	if (pool->is_preallocated || pool->is_device ||
		commit.first >= commit.last ||
		vmm_commit_is_in_flight(pool, commit.first, commit.last))
		return -1;
	/*
	 * The lock is kept in two cases. If holes are punched quickly, threads
	 * would wait for each other in the kernel instead, and longer. If pages
	 * of the range are mapped from a past file, the lock guards what
	 * becomes of them.
	 */
	is_quick = pool->punches_quickly ||
		!vmm_pool_is_uniform(pool, commit.first, commit.last);
	if (!is_quick)
		begin(pool, &commit);
	done = vmm_pool_release(pool, commit.first, commit.last);
	if (!is_quick)
		end(&commit);
	if (done == commit.first)
		return -1;
	VMM_LOG(3, "purged %zu pages from page %zu on", done - commit.first,
		commit.first);
	vmm_room_add(pool, vmm_pages_committed(pool, commit.first, done));
	vmm_pages_mark_purged(pool, commit.first, done);
	pool->purge_calls++;
	return done == commit.last ? 0 : -1;
}
