/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state of the pool's pages, and the counts of it: bookkeeping only, no
 * system calls. Ranges are pages [first, last). The caller holds the lock
 * around the pool. No allocation here.
 */
#ifndef VMM_PAGES_H
#define VMM_PAGES_H

#include <stdbool.h>
#include <stddef.h>

struct vmm_pool;

/*
 * Marks pages as committed, once they are backed, or as not committed, once
 * they are not.
 */
void vmm_pages_mark_committed(struct vmm_pool *pool, size_t first, size_t last);
void vmm_pages_mark_purged(struct vmm_pool *pool, size_t first, size_t last);

/* Marks pages as dirty or clean; returns how many changed. */
size_t vmm_pages_mark_dirty(
	struct vmm_pool *pool, size_t first, size_t last, bool is_dirty);

/* The number of committed pages in a range. */
size_t vmm_pages_committed(
	const struct vmm_pool *pool, size_t first, size_t last);

/* Whether no page of the range is committed. */
bool vmm_pages_are_hole(const struct vmm_pool *pool, size_t first, size_t last);

/*
 * Adds a range to the free extents, or removes [first, first + n) from them:
 * false, and nothing is removed, if it is not free.
 */
void vmm_pages_free(struct vmm_pool *pool, size_t first, size_t last);
bool vmm_pages_alloc_at(struct vmm_pool *pool, size_t first, size_t n);

/*
 * Removes n pages from the free extents, wherever the extent set finds them, at
 * an address that is a multiple of align pages. Returns the first page, or
 * VMM_EXTENT_NONE.
 */
size_t vmm_pages_alloc(struct vmm_pool *pool, size_t n, size_t align);

/*
 * The same for an extent that may grow: pages behind it are likely to be free,
 * and to stay so. It begins with a huge page. VMM_EXTENT_NONE if n is less than
 * a huge page or align is more, or if there is no such place in the first part
 * of the pool. What is free behind that part stays in one piece.
 */
size_t vmm_pages_alloc_growing(struct vmm_pool *pool, size_t n, size_t align);

/*
 * Finds the next run [*first, *last), at or after *first, of dirty pages that
 * are in no free extent: what a copy of the pool must hold. False if there is
 * none.
 */
bool vmm_pages_next_used(
	const struct vmm_pool *pool, size_t *first, size_t *last);

/* Marks all pages of free extents as clean: their contents were not copied. */
void vmm_pages_forget_free(struct vmm_pool *pool);

/* Marks all pages that are not dirty as not committed, and counts again. */
void vmm_pages_keep_dirty_only(struct vmm_pool *pool);

/*
 * Whether the counts of used, committed and dirty pages agree with the bitmaps
 * and the free extents.
 */
bool vmm_pages_are_consistent(const struct vmm_pool *pool);

#endif /* VMM_PAGES_H */
