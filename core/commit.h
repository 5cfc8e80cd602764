/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Storage for pages of the pool when they are wanted, and its return. The
 * kernel zeroes what it gives, and what it takes back may have to wait for a
 * journal: the lock around the pool is given up meanwhile, so that threads get
 * memory at the same time. No allocation here.
 */
#ifndef VMM_COMMIT_H
#define VMM_COMMIT_H

#include <stdbool.h>
#include <stddef.h>

struct vmm_pool;

/* What the holder of the lock around the pool provides; see struct vmm_pool. */
struct vmm_commit_hooks {
	/* Give the lock up, and take it again. */
	void (*unlock)(void);
	void (*lock)(void);

	/* Gives the lock up until another thread has taken it by the above. */
	void (*wait)(void);

	/* Before and after pages [first, last) are marked as committed. */
	void (*count)(size_t first, size_t last, bool is_after);
};

/* With the lock held, which is given up and taken again. */

/*
 * Commits [page, page + n) and, for speed, some of what follows. *is_zero,
 * where is_zero is not NULL, says whether all of the range reads as zeroes;
 * the range is dirty from then on. 0, or -1 with ENOMEM. Nobody else may use
 * the range, purge it or make the pool private.
 */
int vmm_pool_commit(
	struct vmm_pool *pool, size_t page, size_t n, bool *is_zero);

/*
 * Gives the storage of the granules that lie in the range back; nobody else may
 * use it. 0, or -1 where that is impossible.
 */
int vmm_pool_purge(struct vmm_pool *pool, size_t page, size_t n);

/* With the lock held all the time. */

/* Commits all of the pool, without making it dirty. 0, or -1 with ENOMEM. */
int vmm_pool_commit_all(struct vmm_pool *pool);

/* Whether a thread without the lock may be at storage of some of the pages. */
bool vmm_commit_is_under_way(
	const struct vmm_pool *pool, size_t first, size_t last);

/* Marks pages that have got storage. */
void vmm_commit_mark(struct vmm_pool *pool, size_t first, size_t last);

#endif /* VMM_COMMIT_H */
