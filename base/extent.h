/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A set of free extents: page ranges [page, page + n), kept coalesced and
 * ordered by address. Allocation is first fit by address, so that space is
 * reused before untouched space is taken. Every operation is O(log n).
 *
 * The set is a treap (Seidel and Aragon, Randomized Search Trees, 1996) whose
 * nodes also hold the size of the largest extent in their subtree. Nodes lie in
 * an array that the caller provides, never in the extents.
 *
 * Not thread-safe; nothing here allocates or touches the memory of the extents.
 */
#ifndef VMM_EXTENT_H
#define VMM_EXTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmm_extent {
	size_t page;
	size_t n;
	size_t max; /* the largest n in the subtree */
	uint32_t left;
	uint32_t right;
};

struct vmm_extent_set {
	struct vmm_extent *nodes; /* zeroed; nodes[0] is the empty tree */
	uint32_t used;		  /* nodes ever used */
	uint32_t unused;	  /* list of recycled nodes, through left */
	uint32_t root;
	size_t total; /* pages in all extents */
};

/* vmm_extent_remove returns this if there is no such place. */
#define VMM_EXTENT_NONE SIZE_MAX

/*
 * Bytes of zeroed memory that a set over this many pages needs for its nodes:
 * there is at most one extent per two pages.
 */
size_t vmm_extent_set_bytes(size_t pages);
void vmm_extent_set_init(struct vmm_extent_set *set, void *memory);

/* Adds [page, page + n), none of which may be in the set. */
void vmm_extent_insert(struct vmm_extent_set *set, size_t page, size_t n);

/*
 * Removes n pages from the set, at the lowest page that is a multiple of align
 * (a power of two) when base is added to it. Returns the first page, or
 * VMM_EXTENT_NONE. If align > 1 and many extents are large enough but start at
 * the wrong page, a higher extent that has room to spare may be used.
 */
size_t vmm_extent_remove(
	struct vmm_extent_set *set, size_t n, size_t align, size_t base);

/*
 * Removes exactly [page, page + n); if that is not free, false and no change.
 */
bool vmm_extent_remove_at(struct vmm_extent_set *set, size_t page, size_t n);

/*
 * The last extent that starts below page before; false if there is none. Calls
 * that go on from *page visit all extents from the highest to the lowest.
 */
bool vmm_extent_last_before(const struct vmm_extent_set *set, size_t before,
	size_t *page, size_t *n);

/* Likewise the first extent that starts at or above page from. */
bool vmm_extent_first_from(
	const struct vmm_extent_set *set, size_t from, size_t *page, size_t *n);

#endif /* VMM_EXTENT_H */
