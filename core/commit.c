/* SPDX-License-Identifier: BSD-3-Clause */
/* Storage for pages of the pool when they are wanted; see commit.h. */
#include "config.h"

#include "core/commit.h"

#include "core/ahead.h"
#include "core/bitmap.h"
#include "core/checked.h"
#include "core/clone.h"
#include "core/os.h"
#include "core/pool.h"
#include "core/populate.h"

#include <errno.h>

/* So many huge pages ahead a thread looks for one rather than wait. */
#define NEXT_MAX 64

void
vmm_commit_mark(struct vmm_pool *pool, size_t first, size_t last)
{
	if (pool->hooks != NULL)
		pool->hooks->count(first, last, false);
	pool->committed_pages +=
		vmm_bitmap_assign(pool->committed, first, last, true);
	if (pool->committed_pages > pool->committed_peak)
		pool->committed_peak = pool->committed_pages;
	if (last > pool->high_water)
		pool->high_water = last;
	if (pool->hooks != NULL)
		pool->hooks->count(first, last, true);
}

/* Marks pages whose storage has gone. */
static void
unmark(struct vmm_pool *pool, size_t first, size_t last)
{
	size_t purged = vmm_bitmap_assign(pool->committed, first, last, false);

	vmm_pool_mark_dirty(pool, first, last, false);
	pool->committed_pages -= purged;
	pool->purged_pages += purged;
	pool->purge_calls++;
	if (last >= pool->high_water && first < pool->high_water)
		pool->high_water = first;
}

/* Sets what has got storage as what had to. 0, or -1 with errno. */
static int
carry_out(struct vmm_pool *pool, struct vmm_ahead_plan *plan)
{
	if (plan->huge_first < plan->huge_last &&
		vmm_populate_huge(pool, plan->huge_first, plan->is_hole) == 0) {
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

/* Pages that a thread without the lock gives storage to, or takes it from. */
struct vmm_commit {
	struct vmm_commit *next, **link;
	size_t first, last;
};

bool
vmm_commit_is_under_way(const struct vmm_pool *pool, size_t first, size_t last)
{
	const struct vmm_commit *commit = pool->under_way;

	while (commit != NULL &&
		(commit->first >= last || commit->last <= first))
		commit = commit->next;
	return commit != NULL;
}

static void
give_up_lock(struct vmm_pool *pool, struct vmm_commit *commit)
{
	if (pool->hooks == NULL)
		return;
	commit->next = pool->under_way;
	commit->link = &pool->under_way;
	if (commit->next != NULL)
		commit->next->link = &commit->next;
	pool->under_way = commit;
	pool->hooks->unlock();
}

static void
take_lock_again(const struct vmm_pool *pool, struct vmm_commit *commit)
{
	if (pool->hooks == NULL)
		return;
	pool->hooks->lock();
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
 * Rather than wait for who commits what lies before page: gives storage to the
 * next huge page that is a hole. Threads that allocate at the same time share
 * huge pages, and will want that one. False where too much would be ahead, or
 * there is none; else the lock was given up, and there may be nobody to wait
 * for any more, even if there was no huge page.
 */
static bool
commit_next(struct vmm_pool *pool, size_t page)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	struct vmm_commit commit = { .first = vmm_align_up(page, huge) };
	bool has_worked;

	if (!vmm_ahead_may_take_next(pool))
		return false;
	for (int i = 0; i < NEXT_MAX; i++, commit.first += huge) {
		commit.last = commit.first + huge;
		if (commit.last > pool->pages)
			return false;
		if (!vmm_ahead_is_hole(pool, commit.first, commit.last) ||
			vmm_commit_is_under_way(
				pool, commit.first, commit.last))
			continue;
		give_up_lock(pool, &commit);
		has_worked = vmm_populate_huge(pool, commit.first, true) == 0;
		take_lock_again(pool, &commit);
		if (has_worked)
			vmm_commit_mark(pool, commit.first, commit.last);
		return true;
	}
	return false;
}

/*
 * Commits the run [first, last) of uncommitted pages, and some more; or waits,
 * where another thread does so, and something else may have to be done then.
 * Adds to *n_dirty how many pages became dirty.
 */
static int
commit_run(struct vmm_pool *pool, size_t first, size_t last, size_t *n_dirty)
{
	struct vmm_ahead_plan plan = vmm_ahead_make_plan(pool, first, last);
	struct vmm_commit commit = {
		.first = least(plan.first, plan.huge_first),
		.last = most(most(plan.last, plan.end), plan.huge_last),
	};
	int r;

	if (vmm_commit_is_under_way(pool, commit.first, commit.last)) {
		if (!commit_next(pool, commit.last))
			pool->hooks->wait();
		return 0;
	}
	give_up_lock(pool, &commit);
	r = carry_out(pool, &plan);
	take_lock_again(pool, &commit);
	if (r != 0)
		return -1;
	vmm_commit_mark(pool, plan.first, plan.last);
	*n_dirty += vmm_pool_mark_dirty(pool, first, last, true);
	return 0;
}

/*
 * The end of a run of uncommitted pages, or of the huge page in which it begins
 * where it may get one: who commits what lies behind it waits for no more.
 */
static size_t
end_of_run(const struct vmm_pool *pool, size_t first, size_t end)
{
	size_t huge = pool->huge_page_size / pool->page_size;

	if (pool->granule > 1 || vmm_populate_wants_huge(pool))
		end = least(end, vmm_align_down(first, huge) + huge);
	return vmm_bitmap_find(pool->committed, first, end, true);
}

int
vmm_pool_commit(struct vmm_pool *pool, size_t page, size_t n, bool *is_zero)
{
	size_t end = page + n;
	size_t at = page;
	size_t n_dirty = 0;

	if (pool->clone != NULL &&
		vmm_clone_reserve(pool->clone, page * pool->page_size,
			n * pool->page_size) != 0)
		goto out_enomem;
	if (pool->is_device)
		vmm_commit_mark(pool, page, end);
	while ((at = vmm_bitmap_find(pool->committed, at, end, false)) < end)
		if (commit_run(pool, at, end_of_run(pool, at, end), &n_dirty) !=
			0)
			goto out_enomem;
	n_dirty += vmm_pool_mark_dirty(pool, page, end, true);
	if (is_zero != NULL)
		*is_zero = n_dirty == n && !pool->is_device;
	return 0;

out_enomem:
	errno = ENOMEM;
	return -1;
}

int
vmm_pool_commit_all(struct vmm_pool *pool)
{
	if (pool->is_device)
		return 0;
	if (vmm_populate(pool, 0, pool->pages) != 0) {
		errno = ENOMEM;
		return -1;
	}
	vmm_commit_mark(pool, 0, pool->pages);
	return 0;
}

int
vmm_pool_purge(struct vmm_pool *pool, size_t page, size_t n)
{
	struct vmm_commit commit = {
		.first = vmm_align_up(page, pool->granule),
		.last = vmm_align_down(page + n, pool->granule),
	};
	/* threads would only wait for each other in the kernel, and longer */
	bool is_quick = pool->is_tmpfs;
	int r;

	if (pool->private_end > 0 || !pool->can_punch || pool->clone != NULL ||
		commit.first >= commit.last ||
		vmm_commit_is_under_way(pool, commit.first, commit.last) ||
		!vmm_os_file_is(pool->fd, &pool->file_id))
		return -1;
	if (!is_quick)
		give_up_lock(pool, &commit);
	r = vmm_os_punch(pool->fd, (off_t)(commit.first * pool->page_size),
		(off_t)((commit.last - commit.first) * pool->page_size));
	if (!is_quick)
		take_lock_again(pool, &commit);
	if (r != 0) {
		if (errno == EOPNOTSUPP)
			pool->can_punch = false;
		return -1;
	}
	unmark(pool, commit.first, commit.last);
	return 0;
}
