/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of free extents, which is purged if it stays idle. No allocation here.
 * The caller has begun work under the lock around the pool; the lock may be
 * released while the kernel releases memory (core/commit.h).
 */
#ifndef VMM_IDLE_H
#define VMM_IDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmm_pool;

/* In pages, unless the name says the unit; all zero at first. */
struct vmm_idle {
	uint64_t epoch_ms; /* when the epoch began */
	size_t least;	   /* fewest committed free pages since then */
	size_t to_purge;   /* were free for a whole epoch */

	unsigned int changes; /* of the extents in this epoch */
	bool is_quiet;	      /* there were few in the last one */
	uint64_t short_ns;    /* for short runs in the rest of this epoch */

	/*
	 * Threads that are purging. Their ranges are not in the free extents:
	 * an allocation that finds no extent must try again until this is 0.
	 */
	unsigned int n_purging;
};

/*
 * To be called with each change of the extents, and from time to time: purges
 * what was idle.
 */
void vmm_idle_look_after(
	struct vmm_idle *idle, struct vmm_pool *pool, bool is_change);

/*
 * Purges up to `most` pages of free extents of at least run_min pages, the
 * highest first. Returns how many.
 */
size_t vmm_idle_purge(struct vmm_idle *idle, struct vmm_pool *pool, size_t most,
	size_t run_min);

/*
 * Purges some of what is idle, however short it has been that, but for what is
 * kept to be used again. True if there may be more.
 */
bool vmm_idle_purge_batch(struct vmm_idle *idle, struct vmm_pool *pool);

#endif /* VMM_IDLE_H */
