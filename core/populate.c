/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory behind pages of the pool; see populate.h. */
#include "config.h"

#include "core/populate.h"

#include "base/checked.h"
#include "core/policy.h"
#include "core/pool.h"
#include "os/memory.h"
#include "os/process.h"

#include <errno.h>

/* How many small pages are backed in order to time them; 64 KiB. */
#define LAZY_SMALL 16

/* Smaller units of a disk, in bytes, are backed as a whole. */
#define POPULATED_UNIT ((size_t)256 << 10)

static void
count_call(struct vmm_pool *pool)
{
	__atomic_fetch_add(&pool->commit_calls, 1, __ATOMIC_RELAXED);
}

/* Through the descriptors. */
static int
allocate(const struct vmm_pool *pool, size_t first, size_t last)
{
	while (first < last) {
		struct vmm_piece piece = vmm_stripes_find(pool, first, last);

		if (vmm_os_file_allocate(piece.file, (off_t)piece.offset,
			    (piece.last - piece.first) * pool->page_size) != 0)
			return -1;
		first = piece.last;
	}
	return 0;
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
	return allocate(pool, first, last) == 0 || errno == EPERM ||
			errno == ENOSYS
		? 0
		: -1;
}

struct blocks {
	const struct vmm_pool *pool;
	size_t first, last;
};

static int
allocate_blocks(void *arg)
{
	const struct blocks *blocks = arg;

	return allocate(blocks->pool, blocks->first, blocks->last);
}

/*
 * By address, which backs all pages of a unit; of large ones by the descriptors
 * while no other thread can replace them: that backs no page, but a busy file
 * system may take longer (its journal).
 */
static int
give_blocks(struct vmm_pool *pool, size_t first, size_t last)
{
	struct blocks blocks = { pool, first, last };

	if (pool->unit * pool->page_size > POPULATED_UNIT &&
		vmm_os_is_single_threaded()) {
		if (vmm_os_run_apart(allocate_blocks, &blocks) == 0)
			return 0;
		if (errno == ENOSPC || errno == EDQUOT)
			return -1;
	}
	return vmm_populate(pool, first, last);
}

int
vmm_populate_blocks(struct vmm_pool *pool, size_t first, size_t last)
{
	while (first < last) {
		bool has_units = vmm_pool_has_units_at(pool, first);
		size_t stop = first + pool->unit;

		while (stop < last &&
			vmm_pool_has_units_at(pool, stop) == has_units)
			stop += pool->unit;
		if (has_units && give_blocks(pool, first, stop) != 0)
			return -1;
		first = stop;
	}
	return 0;
}

/*
 * On a disk the first touch of a page reads ahead: where the file has holes
 * that only fills the kernel's cache with zeroes.
 */
static int
back(const struct vmm_pool *pool, char *addr, size_t size)
{
	bool reads_ahead = pool->unit > pool->granule;
	int r;

	if (reads_ahead)
		vmm_os_allow_read_ahead(addr, size, false);
	r = vmm_os_populate(addr, size);
	if (reads_ahead)
		vmm_os_allow_read_ahead(addr, size, true);
	return r;
}

/*
 * Backs the pages [first, last), none of which is backed, as small ones. Notes
 * what it took, with which huge pages are compared.
 */
static int
populate_small(struct vmm_pool *pool, size_t first, size_t last)
{
	uint64_t start = vmm_os_clock_ns();
	int r = back(pool, pool->base + first * pool->page_size,
		(last - first) * pool->page_size);

	count_call(pool);
	if (r == 0)
		vmm_huge_small_took(
			&pool->huge, last - first, vmm_os_clock_ns() - start);
	return r != 0 && errno == ENOSYS ? populate_otherwise(pool, first, last)
					 : r;
}

/*
 * In memory that is backed when it is touched: whether huge pages are slow now.
 * Backs some pages of [first, last), which is a hole of at least three huge
 * pages: a few small ones at its end and the first huge one or two.
 */
static bool
are_huge_slow(struct vmm_pool *pool, size_t first, size_t last)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	size_t tail = last - huge;

	vmm_os_allow_huge(pool->base + tail * pool->page_size,
		pool->huge_page_size, false);
	if (populate_small(pool, tail, tail + LAZY_SMALL) != 0)
		return false;
	do {
		uint64_t start = vmm_os_clock_ns();

		if (vmm_os_populate(pool->base + first * pool->page_size,
			    pool->page_size) != 0)
			return false;
		if (vmm_huge_took(&pool->huge, huge, vmm_os_clock_ns() - start))
			return true;
		first += huge;
	} while (vmm_huge_is_doubtful(&pool->huge) && first < tail);
	return false;
}

/* In memory that is backed when it is touched: by huge pages, if they pay. */
static int
allow_huge(struct vmm_pool *pool, size_t first, size_t last)
{
	char *addr = pool->base + first * pool->page_size;
	size_t size = (last - first) * pool->page_size;
	unsigned int n = (unsigned int)(size / pool->huge_page_size);
	bool may_be_huge = vmm_huge_may_ask(&pool->huge, n);

	vmm_os_allow_huge(addr, size, may_be_huge);
	if (may_be_huge && n >= 3 && vmm_huge_should_time(&pool->huge, n)) {
		may_be_huge = !are_huge_slow(pool, first, last);
		vmm_os_allow_huge(addr, size, may_be_huge);
	}
	count_call(pool);
	return may_be_huge ? 0 : -1;
}

int
vmm_populate_huge(
	struct vmm_pool *pool, size_t first, size_t last, bool is_hole)
{
	char *addr = pool->base + first * pool->page_size;
	size_t size = (last - first) * pool->page_size;
	uint64_t start;

	if (pool->is_lazy)
		return allow_huge(pool, first, last);
	if (!vmm_huge_may_ask(&pool->huge, 1))
		return -1;
	start = vmm_os_clock_ns();
	if (vmm_os_populate_huge(addr, size, is_hole,
		    vmm_policy_seed(pool, first) * pool->page_size) != 0) {
		vmm_huge_was_refused(&pool->huge);
		return -1;
	}
	vmm_huge_took(&pool->huge, last - first, vmm_os_clock_ns() - start);
	count_call(pool);
	return 0;
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
