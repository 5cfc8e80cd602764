/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks that are extents of their own, from the core, which keeps free ones
 * coalesced: large ones, of which the page map says at the first page how many
 * pages they have, and medium ones, of which it says the class, and whose arena
 * keeps free extents (mid.h). Thread-safe.
 */
#ifndef NAT_LARGE_H
#define NAT_LARGE_H

#include <stdbool.h>
#include <stddef.h>

struct vmmalloc_host;

void nat_large_init(const struct vmmalloc_host *host);

/* alignment: a power of two, in bytes; flags: extent_alloc's. NULL: ENOMEM. */
void *nat_large_alloc(size_t size, size_t alignment, unsigned int flags);

/* Whether such a block fits into the pool if that is empty. */
bool nat_large_is_possible(size_t size);

/* Of a medium or large block, whose tag has been taken from the page map. */
void nat_large_free(void *ptr, unsigned int tag);

/* Of a block of NAT_CLASS_LARGE. */
size_t nat_large_usable_size(const void *ptr);

/* What that would be of a block of size bytes; 0: there can be none. */
size_t nat_large_good_size(size_t size);

/* Makes the block at least size bytes, in place; false if it cannot. */
bool nat_large_resize(void *ptr, size_t size);

/* Returns an extent to the core that is no block any more. */
void nat_large_release(void *extent, size_t size);

/* Bytes in extents that were not returned to the core. */
size_t nat_large_bytes(void);

#endif /* NAT_LARGE_H */
