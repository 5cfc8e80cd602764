/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where in the pool an extent comes to lie. No allocation here; the caller
 * holds the lock around the pool.
 */
#ifndef VMM_PLACE_H
#define VMM_PLACE_H

#include <stddef.h>

struct vmm_pool;

/*
 * Takes n pages out of the free extents for what may grow, so that pages behind
 * them are free and likely to stay so. Returns the first page, a huge page's;
 * or VMM_EXTENT_NONE if n is less than a huge page or align, in pages, is more,
 * or if there is no such place in the first part of the pool. What is free
 * behind that part stays in one piece.
 */
size_t vmm_place_growing(struct vmm_pool *pool, size_t n, size_t align);

#endif /* VMM_PLACE_H */
