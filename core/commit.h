/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Committing pages of the pool on demand, and purging them. The kernel zeroes
 * the memory that it provides, and may wait for a journal when it releases
 * some. So the lock around the pool is released during these system calls, and
 * threads commit and purge concurrently. No allocation here.
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
 * Commits [page, page + n) and, for speed, some pages near it. The range is
 * dirty from then on. If is_zero is not NULL, *is_zero says whether all of the
 * range reads as zeroes. 0, or -1 with ENOMEM: committed pages of the range
 * that are not dirty may then have been purged. During the call no other thread
 * may use or purge the range, or make the pool private.
 */
int vmm_pool_commit(
	struct vmm_pool *pool, size_t page, size_t n, bool *is_zero);

/*
 * Purges the granules that lie entirely in the range, which no other thread may
 * use. 0, or -1 if some or all of it could not be purged.
 */
int vmm_pool_purge(struct vmm_pool *pool, size_t page, size_t n);

/*
 * Commits all of the pool, without making it dirty. Does not release the lock.
 * 0, or -1 with ENOMEM.
 */
int vmm_pool_commit_all(struct vmm_pool *pool);

/*
 * Whether a thread that has released the lock is committing or purging some of
 * the pages.
 */
bool vmm_commit_is_in_flight(
	const struct vmm_pool *pool, size_t first, size_t last);

#endif /* VMM_COMMIT_H */
