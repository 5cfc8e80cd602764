/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Backs pages of the pool with memory: as small pages or, if the kernel has
 * any, as huge ones. Does not mark the pages as committed. No allocation here.
 * Threads may do it at the same time to different pages; fork waits until none
 * does.
 */
#ifndef VMM_POPULATE_H
#define VMM_POPULATE_H

#include <stdbool.h>
#include <stddef.h>

struct vmm_pool;

/*
 * Backs the pages [first, last), none of which is backed. 0, or -1; part of
 * them may be backed then.
 */
int vmm_populate(struct vmm_pool *pool, size_t first, size_t last);

/*
 * Backs the pages from first, the first one of a huge page, on with that huge
 * page. What some of them hold stays as it is; is_hole says that none is
 * backed. 0, or -1 if there is none: at most the first page is backed that was
 * not.
 */
int vmm_populate_huge(struct vmm_pool *pool, size_t first, bool is_hole);

#endif /* VMM_POPULATE_H */
