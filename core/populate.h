/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Backs pages of the pool with memory: as small pages or, if the kernel has
 * any, as huge ones. Does not mark the pages as committed. No allocation here.
 * Threads may call these functions concurrently for different pages; a thread
 * that forks waits until no such call is in progress.
 */
#ifndef VMM_POPULATE_H
#define VMM_POPULATE_H

#include <stdbool.h>
#include <stddef.h>

struct vmm_pool;

/*
 * Backs the pages [first, last), none of which is backed. 0, or -1; some of
 * them may be backed then.
 */
int vmm_populate(struct vmm_pool *pool, size_t first, size_t last);

/*
 * On a disk: gives pages [first, last), which are whole units, their blocks.
 * 0, or -1 with errno.
 */
int vmm_populate_blocks(struct vmm_pool *pool, size_t first, size_t last);

/*
 * Backs the pages of the huge page that begins with page first by that huge
 * page. Pages that are backed keep their contents; is_hole says that there are
 * none. 0, or -1 if there is no huge page: then at most the first page has been
 * backed.
 */
int vmm_populate_huge(
	struct vmm_pool *pool, size_t first, size_t last, bool is_hole);

#endif /* VMM_POPULATE_H */
