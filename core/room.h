/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether there is room for a commit: in the file system, on the nodes of a
 * strict policy, in the control group, and below the limit that the user has
 * set (VMMALLOC_LIMIT). No allocation here; the caller holds the lock around
 * the pool.
 */
#ifndef VMM_ROOM_H
#define VMM_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmm_pool;

/* The limit on commits of the process, in pages. */
struct vmm_budget {
	size_t max; /* SIZE_MAX: no limit but the group's */
	size_t committed;
	size_t in_flight; /* being committed */
	size_t lazy;	  /* handed out in pools in memory, touched or not */
	size_t other;	  /* bytes of private memory before there was a pool */

	bool is_group; /* keep within what the control group has left */
	uint64_t room; /* bytes that it may have left */
};

/*
 * Whether there may be room for pages [page, last), as far as that is known
 * without trying. A file system is asked about large commits only.
 */
bool vmm_room_is_likely(struct vmm_pool *pool, size_t page, size_t last);

/*
 * Correct what is known of the room: a commit has failed, pages are used that
 * were not before, or their memory was released.
 */
void vmm_room_forget(struct vmm_pool *pool);
void vmm_room_use(struct vmm_pool *pool, size_t pages);
void vmm_room_add(struct vmm_pool *pool, size_t pages);

/*
 * Begin and end to commit this many pages. begin returns false, and nothing
 * begins, if the limit would be exceeded.
 */
bool vmm_room_begin(struct vmm_pool *pool, size_t pages);
void vmm_room_end(struct vmm_pool *pool, size_t pages);

/*
 * Whether the control group has room for a copy of this many bytes, if the
 * limit is what the group has left. It is asked again for the next commit.
 */
bool vmm_room_has_copy(struct vmm_pool *pool, size_t bytes);

/* Whether there is a limit, so that it helps to release other memory. */
bool vmm_room_is_limited(const struct vmm_pool *pool);

/* Whether other threads are committing, and may then need less than they do. */
bool vmm_room_is_in_flight(const struct vmm_pool *pool);

#endif /* VMM_ROOM_H */
