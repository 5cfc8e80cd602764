/* SPDX-License-Identifier: BSD-3-Clause */
/* Storage for pages of the pool; see populate.h. */
#include "config.h"

#include "core/populate.h"

#include "core/checked.h"
#include "core/os.h"
#include "core/pool.h"

#include <errno.h>

/*
 * Where the kernel had no huge page, one, then two, four and so on up to so
 * many come as small ones before it is asked again: a search in vain is slow.
 */
#define HUGE_PAUSE_MAX 512u

/* From so many bytes on writing zeroes is cheaper than faulting pages in. */
#define FILL_MIN ((size_t)16 << 10)

/* Threads do this at the same time; what they count may be a little wrong. */
#define GET(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)
#define SET(field, value) __atomic_store_n(&(field), value, __ATOMIC_RELAXED)

static void
count_call(struct vmm_pool *pool)
{
	__atomic_fetch_add(&pool->commit_calls, 1, __ATOMIC_RELAXED);
}

/* The program may have closed the pool's file, and opened something else. */
static bool
has_file(const struct vmm_pool *pool)
{
	return !pool->is_private && vmm_os_file_is(pool->fd, &pool->file_id);
}

bool
vmm_populate_wants_huge(const struct vmm_pool *pool)
{
	return GET(pool->wants_huge);
}

bool
vmm_populate_pauses(const struct vmm_pool *pool)
{
	return GET(pool->huge_pause) > 0;
}

bool
vmm_populate_has_huge(const struct vmm_pool *pool)
{
	return vmm_populate_wants_huge(pool) && pool->private_end == 0 &&
		has_file(pool);
}

/* The pages [first, last), none of which has storage, as small ones. */
static int
populate_small(struct vmm_pool *pool, size_t first, size_t last)
{
	size_t offset = first * pool->page_size;
	size_t size = (last - first) * pool->page_size;
	char *addr = pool->base + offset;
	bool is_ours = has_file(pool);

	count_call(pool);
	if (pool->is_tmpfs && size >= FILL_MIN && pool->private_end == 0 &&
		is_ours &&
		vmm_os_populate_hole(addr, size, pool->fd, (off_t)offset) == 0)
		return 0;
	return vmm_os_populate(
		addr, size, is_ours ? pool->fd : -1, (off_t)offset);
}

int
vmm_populate_huge(struct vmm_pool *pool, size_t first, bool is_hole)
{
	size_t offset = first * pool->page_size;
	unsigned int pause = GET(pool->huge_pause);
	unsigned int refusals = GET(pool->huge_refusals);

	if (pause > 0) {
		SET(pool->huge_pause, pause - 1);
		return -1;
	}
	if (vmm_os_populate_huge(pool->base + offset, pool->huge_page_size,
		    pool->fd, (off_t)offset, is_hole) == 0) {
		count_call(pool);
		SET(pool->huge_refusals, 0);
		return 0;
	}
	if (errno == EINVAL) {
		SET(pool->wants_huge, false);
	} else {
		pause = 1u << refusals;
		SET(pool->huge_pause, pause);
		if (pause < HUGE_PAUSE_MAX)
			SET(pool->huge_refusals, refusals + 1);
	}
	return -1;
}

int
vmm_populate(struct vmm_pool *pool, size_t first, size_t last)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	size_t from = vmm_align_up(first, huge);
	size_t to = vmm_align_down(last, huge);

	if (from >= to || !vmm_populate_has_huge(pool))
		return populate_small(pool, first, last);
	if (first < from && populate_small(pool, first, from) != 0)
		return -1;
	for (; from < to; from += huge)
		if (vmm_populate_huge(pool, from, true) != 0 &&
			populate_small(pool, from, from + huge) != 0)
			return -1;
	return to < last ? populate_small(pool, to, last) : 0;
}
