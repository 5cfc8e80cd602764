/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory behind pages of the pool; see populate.h. */
#include "config.h"

#include "core/populate.h"

#include "base/checked.h"
#include "core/pool.h"
#include "os/memory.h"

#include <errno.h>

/*
 * If the kernel had no huge page, the next one is backed with small pages
 * without asking it, then two, four and so on up to this many: a search that
 * fails is slow. The same holds for ranges in which the program has split the
 * mapping, with mprotect for example, and which can have no huge page.
 */
#define HUGE_PAUSE_MAX 512u

/* Threads do this concurrently; what they count may be a little wrong. */
#define GET(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)
#define SET(field, value) __atomic_store_n(&(field), value, __ATOMIC_RELAXED)

static void
count_call(struct vmm_pool *pool)
{
	__atomic_fetch_add(&pool->commit_calls, 1, __ATOMIC_RELAXED);
}

/*
 * For a kernel that cannot populate (before Linux 5.14) or that a sandbox keeps
 * from it. Private memory is then backed when it is touched; in a sandbox so is
 * a file's, because there is no other way.
 */
static int
populate_otherwise(struct vmm_pool *pool, size_t first, size_t last)
{
	if (last > pool->file_pages)
		last = pool->file_pages;
	if (first >= last || !vmm_pool_is_shared_at(pool, first))
		return 0;
	if (vmm_os_file_allocate(&pool->file, (off_t)(first * pool->page_size),
		    (last - first) * pool->page_size) == 0)
		return 0;
	return errno == EPERM || errno == ENOSYS ? 0 : -1;
}

/* Backs the pages [first, last), none of which is backed, as small ones. */
static int
populate_small(struct vmm_pool *pool, size_t first, size_t last)
{
	int r = vmm_os_populate(pool->base + first * pool->page_size,
		(last - first) * pool->page_size);

	count_call(pool);
	return r != 0 && errno == ENOSYS ? populate_otherwise(pool, first, last)
					 : r;
}

int
vmm_populate_huge(
	struct vmm_pool *pool, size_t first, size_t last, bool is_hole)
{
	unsigned int pause = GET(pool->huge_pause);
	unsigned int refusals = GET(pool->huge_refusals);
	char *addr = pool->base + first * pool->page_size;
	size_t size = (last - first) * pool->page_size;

	if (pool->is_lazy) {
		vmm_os_allow_huge(addr, size, true);
		count_call(pool);
		return 0;
	}
	if (pause > 0) {
		SET(pool->huge_pause, pause - 1);
		return -1;
	}
	if (vmm_os_populate_huge(addr, size, is_hole) == 0) {
		count_call(pool);
		SET(pool->huge_refusals, 0);
		return 0;
	}
	pause = 1u << refusals;
	SET(pool->huge_pause, pause);
	if (pause < HUGE_PAUSE_MAX)
		SET(pool->huge_refusals, refusals + 1);
	return -1;
}

int
vmm_populate(struct vmm_pool *pool, size_t first, size_t last)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	size_t from = vmm_align_up(first, huge);
	size_t to = vmm_align_down(last, huge);

	if (pool->is_lazy)
		return 0;
	if (from >= to || !pool->wants_huge)
		return populate_small(pool, first, last);
	if (first < from && populate_small(pool, first, from) != 0)
		return -1;
	for (; from < to; from += huge)
		if ((!vmm_pool_is_uniform(pool, from, from + huge) ||
			    vmm_populate_huge(pool, from, from + huge, true) !=
				    0) &&
			populate_small(pool, from, from + huge) != 0)
			return -1;
	return to < last ? populate_small(pool, to, last) : 0;
}
