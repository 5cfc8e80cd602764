/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks that are extents of their own, from the core, which coalesces free
 * ones. The page map has, at the start of a large block, the number of its
 * pages; and at the start of a medium one its class. Arenas keep free extents
 * of the medium classes (mid.h). Thread-safe.
 */
#ifndef NAT_LARGE_H
#define NAT_LARGE_H

#include <stdbool.h>
#include <stddef.h>

struct vmmalloc_host;

void nat_large_init(const struct vmmalloc_host *host);

/* alignment: a power of two, in bytes; flags: extent_alloc's. NULL: ENOMEM. */
void *nat_large_alloc(size_t size, size_t alignment, unsigned int flags);

/* Whether a block of this size fits into an empty pool. */
bool nat_large_is_possible(size_t size);

/* Frees a medium or large block whose tag was cleared in the page map. */
void nat_large_free(void *ptr, unsigned int tag);

/* The usable size of a block of NAT_CLASS_LARGE. */
size_t nat_large_usable_size(const void *ptr);

/*
 * The usable size that a block of size bytes would have; 0: none is possible.
 */
size_t nat_large_good_size(size_t size);

/* Resizes the block in place to at least size bytes; false if it must move. */
bool nat_large_resize(void *ptr, size_t size);

#endif /* NAT_LARGE_H */
