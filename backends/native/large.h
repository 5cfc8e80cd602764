/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Large blocks: extents of their own, straight from the core, which keeps free
 * ones coalesced. The page map says at a block's first page how many pages it
 * has. Thread-safe.
 */
#ifndef NAT_LARGE_H
#define NAT_LARGE_H

#include <stdbool.h>
#include <stddef.h>

struct vmmalloc_host;

void nat_large_init(const struct vmmalloc_host *host);

/* alignment: a power of two, in bytes; flags: extent_alloc's. NULL: ENOMEM. */
void *nat_large_alloc(size_t size, size_t alignment, unsigned int flags);

/* Ends the process where ptr is no large block. */
void nat_large_free(void *ptr);

size_t nat_large_usable_size(const void *ptr);

/* What that would be of a block of size bytes; 0: there can be none. */
size_t nat_large_good_size(size_t size);

/* Makes the block at least size bytes, in place; false where it cannot. */
bool nat_large_resize(void *ptr, size_t size);

/* Bytes in large blocks. */
size_t nat_large_bytes(void);

#endif /* NAT_LARGE_H */
