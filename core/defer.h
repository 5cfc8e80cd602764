/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pages that are committed but not backed: VMMALLOC_COMMIT=touch. The first
 * touch backs each of them, and raises SIGBUS if the file system is full then.
 * The caller holds the lock around the pool. No allocation here.
 */
#ifndef VMM_DEFER_H
#define VMM_DEFER_H

#include "base/bitmap.h"
#include "core/pool.h"

#include <stdbool.h>
#include <stddef.h>

/* From this size on, in bytes, what is requested at once may be deferred. */
#define VMM_DEFER_MIN ((size_t)2 << 20)

/*
 * Lets the pool defer, if its pages are backed one by one: neither pages of a
 * device or of hugetlbfs nor units of a disk are.
 */
static inline void
vmm_defer_allow(struct vmm_pool *pool)
{
	pool->defers = !pool->is_device && !pool->is_lazy && pool->unit == 1;
}

static inline bool
vmm_defer_may(const struct vmm_pool *pool, size_t n)
{
	return pool->defers && n * pool->page_size >= VMM_DEFER_MIN;
}

/*
 * The first page of the range that is committed but not known to be backed;
 * last if there is none.
 */
static inline size_t
vmm_defer_find(const struct vmm_pool *pool, size_t first, size_t last)
{
	if (!pool->defers)
		return last;
	return vmm_bitmap_find(pool->deferred, first, last, true);
}

/* Notes it of a range that is being committed. */
static inline void
vmm_defer_begin(struct vmm_pool *pool, size_t first, size_t last)
{
	vmm_bitmap_assign(pool->deferred, first, last, true);
}

/* Forgets it of the range: it was backed, or is not committed any more. */
static inline void
vmm_defer_end(struct vmm_pool *pool, size_t first, size_t last)
{
	if (pool->defers)
		vmm_bitmap_assign(pool->deferred, first, last, false);
}

#endif /* VMM_DEFER_H */
