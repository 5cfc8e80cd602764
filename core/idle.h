/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Storage of free extents, which is given back when it stays idle. No
 * allocation here; the caller holds the lock around the pool and the extents,
 * which is given up while the kernel takes storage back (core/commit.h).
 */
#ifndef VMM_IDLE_H
#define VMM_IDLE_H

#include <stddef.h>
#include <stdint.h>

struct vmm_extent_set;
struct vmm_pool;

/* In pages; all zero at first. */
struct vmm_idle {
	uint64_t epoch_ms; /* when the epoch began */
	size_t least;	   /* committed free pages, since then */
	size_t to_purge;   /* have been free for too long */

	/*
	 * Threads that purge. Each has taken what it purges out of the free
	 * extents: who finds none may find one once there is no such thread.
	 */
	unsigned int n_purging;
};

/* After any change; used: committed pages that are in no free extent. */
void vmm_idle_look_after(struct vmm_idle *idle, struct vmm_pool *pool,
	struct vmm_extent_set *free, size_t used);

/*
 * Purges up to so many pages of free extents of at least so many pages, the
 * highest first. Returns how many.
 */
size_t vmm_idle_purge(struct vmm_idle *idle, struct vmm_pool *pool,
	struct vmm_extent_set *free, size_t most, size_t run_min);

#endif /* VMM_IDLE_H */
