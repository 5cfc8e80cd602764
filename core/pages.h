/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state of the pool's pages and the counts of it: bookkeeping only, no
 * system calls. Ranges are pages [first, last). The caller holds the lock
 * around the pool. No allocation here.
 */
#ifndef VMM_PAGES_H
#define VMM_PAGES_H

#include <stdbool.h>
#include <stddef.h>

struct vmm_pool;

/* Marks pages that are backed now as committed, or pages that are not. */
void vmm_pages_mark_committed(struct vmm_pool *pool, size_t first, size_t last);
void vmm_pages_mark_purged(struct vmm_pool *pool, size_t first, size_t last);

/* Makes pages dirty or not; returns how many were not so before. */
size_t vmm_pages_mark_dirty(
	struct vmm_pool *pool, size_t first, size_t last, bool is_dirty);

/* Committed pages of a range. */
size_t vmm_pages_committed(
	const struct vmm_pool *pool, size_t first, size_t last);

/* Whether no page of the range is committed. */
bool vmm_pages_are_hole(const struct vmm_pool *pool, size_t first, size_t last);

/* Adds a range to the free extents, or removes [first, first + n) from them. */
void vmm_pages_put_free(struct vmm_pool *pool, size_t first, size_t last);
bool vmm_pages_take_free(struct vmm_pool *pool, size_t first, size_t n);

/*
 * The same for n pages wherever the extent set finds them; VMM_EXTENT_NONE if
 * it finds none. align is in pages.
 */
size_t vmm_pages_find_free(struct vmm_pool *pool, size_t n, size_t align);

/*
 * The same for what may grow, so that pages behind it are free and likely to
 * stay so. Returns the first page, a huge page's; or VMM_EXTENT_NONE if n is
 * less than a huge page or align is more, or if there is no such place in the
 * first part of the pool. What is free behind that part stays in one piece.
 */
size_t vmm_pages_find_growing(struct vmm_pool *pool, size_t n, size_t align);

/*
 * The next run [*first, *last) from *first on of dirty pages in no free extent:
 * what a copy of the pool has to hold. False if there is none.
 */
bool vmm_pages_next_used(
	const struct vmm_pool *pool, size_t *first, size_t *last);

/* Makes all pages of free extents clean: their contents were not copied. */
void vmm_pages_forget_free(struct vmm_pool *pool);

/* Marks all pages that are not dirty as not committed, and counts again. */
void vmm_pages_keep_dirty_only(struct vmm_pool *pool);

/* Whether a bit map of used, committed and dirty pages agrees with its counts.
 */
bool vmm_pages_are_consistent(const struct vmm_pool *pool);

#endif /* VMM_PAGES_H */
