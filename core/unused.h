/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The free pages of all parts of the pool, and the memory behind them, which is
 * purged once it was not needed for a while (core/idle.h). All functions but
 * init are called with the core's lock, which some release for a while.
 */
#ifndef VMM_UNUSED_H
#define VMM_UNUSED_H

#include <stdbool.h>
#include <stddef.h>

struct vmm_parts;
struct vmm_pool;

/* To be called before all others, once. */
void vmm_unused_init(struct vmm_parts *parts);

/*
 * After any change of the extents of a part, and from time to time (NULL). The
 * lock may be released during the call.
 */
void vmm_unused_look_after(const struct vmm_pool *changed);

/*
 * Removes n pages from the free extents of a part. Returns the first one, or
 * VMM_EXTENT_NONE. Waits while threads that are purging hold free pages back;
 * the lock is released then. flags are those of extent_alloc.
 */
size_t vmm_unused_alloc(
	unsigned int part, size_t n, size_t align, unsigned int flags);

/*
 * Purges free extents of at least run_min bytes; true if any of that was
 * committed.
 */
bool vmm_unused_purge(size_t run_min);

/*
 * Purges some of the free memory, but not what is kept to be used again. True
 * if there may be more.
 */
bool vmm_unused_purge_batch(void);

/* In a child that has adopted a copy, with the lock held exclusively. */
void vmm_unused_adopted(void);

#endif /* VMM_UNUSED_H */
