/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Storage for pages of the pool: as small pages or, on a tmpfs and where the
 * kernel has any, as huge ones. Neither marks the pages as committed. No
 * allocation here. Threads may do it at the same time to different pages; fork
 * waits until none does.
 */
#ifndef VMM_POPULATE_H
#define VMM_POPULATE_H

#include <stdbool.h>
#include <stddef.h>

struct vmm_pool;

/*
 * Whether the pool may be made of huge pages; whether it makes sense to ask for
 * one, as far as is known; and whether the next request is refused all the
 * same, because the kernel had none.
 */
bool vmm_populate_wants_huge(const struct vmm_pool *pool);
bool vmm_populate_has_huge(const struct vmm_pool *pool);
bool vmm_populate_pauses(const struct vmm_pool *pool);

/*
 * Storage for the pages [first, last), none of which has any. 0, or -1; part of
 * them may have storage then.
 */
int vmm_populate(struct vmm_pool *pool, size_t first, size_t last);

/*
 * A huge page for the pages from first, its first one, on. What some of them
 * hold stays as it is; is_hole says that none holds anything. 0, or -1 where
 * there is none: at most the first page has storage that it did not have.
 */
int vmm_populate_huge(struct vmm_pool *pool, size_t first, bool is_hole);

#endif /* VMM_POPULATE_H */
