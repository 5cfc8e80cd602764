/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pages of the pool that are in no free extent: how many, and what a copy of
 * the pool has to hold. No allocation here; the caller holds the lock around
 * the pool and the extents.
 */
#ifndef VMM_USED_H
#define VMM_USED_H

#include <stddef.h>

struct vmm_clone;
struct vmm_extent_set;
struct vmm_pool;

/* Committed pages of [first, last) that are in no free extent. */
size_t vmm_used_count(const struct vmm_pool *pool,
	const struct vmm_extent_set *free, size_t first, size_t last);

/*
 * Bytes that a copy of the pool has to hold; reserves and copies them, 0 or -1
 * with errno; and, in a child that has only these, forgets the storage of all
 * other pages.
 */
size_t vmm_used_bytes(
	const struct vmm_pool *pool, const struct vmm_extent_set *free);
int vmm_used_reserve(const struct vmm_pool *pool,
	const struct vmm_extent_set *free, struct vmm_clone *clone);
int vmm_used_copy(const struct vmm_pool *pool,
	const struct vmm_extent_set *free, struct vmm_clone *clone);
void vmm_used_forget_rest(
	struct vmm_pool *pool, const struct vmm_extent_set *free);

#endif /* VMM_USED_H */
