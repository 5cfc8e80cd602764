/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Extents from the core for medium and large blocks, and how many bytes of them
 * there are. Thread-safe.
 */
#ifndef NAT_EXTENT_H
#define NAT_EXTENT_H

#include <stdbool.h>
#include <stddef.h>

struct vmmalloc_host;

void nat_extent_init(const struct vmmalloc_host *host);

/* size: whole pages; the rest as the core's extent_alloc. NULL: ENOMEM. */
void *nat_extent_alloc(size_t size, size_t alignment, unsigned int flags);
void nat_extent_free(void *extent, size_t size);

/* Moves the end of an extent; false if there is no room for it. */
bool nat_extent_resize(char *extent, size_t old_size, size_t size);

/* Bytes of extents that are not returned to the core, including free ones. */
size_t nat_extent_bytes(void);

#endif /* NAT_EXTENT_H */
