/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Committing pages of the pool when they are wanted, and purging them. The
 * kernel zeroes the memory that it provides, and may have to wait for a journal
 * before it releases some: the lock around the pool is released meanwhile, so
 * that threads get memory at the same time. No allocation here.
 *
 * The caller has begun work under the lock (lock.h), or holds it exclusively
 * while it is the only thread.
 */
#ifndef VMM_COMMIT_H
#define VMM_COMMIT_H

#include <stdbool.h>
#include <stddef.h>

struct vmm_pool;

/*
 * Commits [page, page + n) and, for speed, some of what follows. If is_zero is
 * not NULL, *is_zero says whether all of the range reads as zeroes; the range
 * is dirty from then on. 0, or -1 with ENOMEM: what was committed for it is
 * purged again. No other thread may use the range, purge it or make the pool
 * private.
 */
int vmm_pool_commit(
	struct vmm_pool *pool, size_t page, size_t n, bool *is_zero);

/*
 * Purges the granules that lie in the range; no other thread may use it. 0, or
 * -1 if that is impossible, at least for part of it.
 */
int vmm_pool_purge(struct vmm_pool *pool, size_t page, size_t n);

/*
 * Commits all of the pool, without making it dirty. Holds the lock all the
 * time. 0, or -1 with ENOMEM.
 */
int vmm_pool_commit_all(struct vmm_pool *pool);

/* Whether a thread without the lock may commit or purge some of the pages. */
bool vmm_commit_is_in_flight(
	const struct vmm_pool *pool, size_t first, size_t last);

#endif /* VMM_COMMIT_H */
