/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of free extents, which is purged when it stays idle. No allocation
 * here. The caller has begun work under the lock around the pool, which is
 * released while the kernel takes memory back (core/commit.h).
 */
#ifndef VMM_IDLE_H
#define VMM_IDLE_H

#include <stddef.h>
#include <stdint.h>

struct vmm_pool;

/* In pages; all zero at first. */
struct vmm_idle {
	uint64_t epoch_ms; /* when the epoch began */
	size_t least;	   /* committed free pages, since then */
	size_t to_purge;   /* have been free for too long */

	/*
	 * Threads that purge. Each has taken what it purges out of the free
	 * extents: a thread that finds no extent may find one once there is no
	 * such thread.
	 */
	unsigned int n_purging;
};

/* After any change of the extents. */
void vmm_idle_look_after(struct vmm_idle *idle, struct vmm_pool *pool);

/*
 * Purges up to `most` pages of free extents of at least run_min pages, the
 * highest first. Returns how many.
 */
size_t vmm_idle_purge(struct vmm_idle *idle, struct vmm_pool *pool, size_t most,
	size_t run_min);

#endif /* VMM_IDLE_H */
