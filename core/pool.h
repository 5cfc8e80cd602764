/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pool: one file mapped at one address for the life of the process, and
 * which of its pages have storage. A page is committed (touching it cannot
 * fail) or not; it is dirty from the time it is first handed out until it is
 * purged. Committed pages that are not dirty read as zeroes.
 *
 * Storage comes in granules of one page, or of a huge page on hugetlbfs. On a
 * tmpfs a hole that spans a huge page gets one where the kernel has one; it is
 * purged page by page all the same. On a device DAX node storage is all there
 * from the start, and nothing is known to be zero.
 *
 * No allocation here. Functions that take a struct vmm_pool * need the
 * caller to hold a lock around the pool, unless they say otherwise.
 */
#ifndef VMM_POOL_H
#define VMM_POOL_H

#include "core/os.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmm_clone;
struct vmm_commit;
struct vmm_commit_hooks;

struct vmm_pool {
	char *base;  /* aligned to huge_page_size, or 1 GiB if as large */
	size_t size; /* bytes, a multiple of the granule */
	size_t pages;
	size_t page_size;
	size_t huge_page_size;
	size_t granule; /* pages that get storage together */

	int fd; /* -1: private memory */
	struct vmm_os_file_id file_id;
	bool is_device;
	bool is_tmpfs;
	bool is_private;    /* copy-on-write since a mode 1 fork */
	size_t private_end; /* pages below are so, where not all could be */
	bool wants_huge;    /* asks for huge pages; false once that is vain */
	unsigned int huge_pause;    /* so many more are not asked for */
	unsigned int huge_refusals; /* in a row */
	bool can_punch;		    /* false once the file system has refused */
	uint64_t *committed;	    /* a bit a page */
	uint64_t *dirty;	    /* a bit a page */
	size_t high_water; /* no page from here on was ever committed */

	const struct vmm_commit_hooks *hooks; /* NULL: none; see commit.h */
	struct vmm_commit *under_way;	      /* by threads without the lock */

	/* a copy for a child under way: what is committed must fit there too */
	struct vmm_clone *clone;

	/* counts, in pages and calls */
	size_t committed_pages;
	size_t committed_peak;
	size_t dirty_pages;
	size_t purged_pages;
	size_t commit_calls;
	size_t purge_calls;
};

/*
 * Creates the file in dir, or opens the device, and maps it. 0, or -1 with
 * errno; *why is then NULL or says more than errno. tmp_name as in
 * vmm_os_file_create.
 */
int vmm_pool_create(struct vmm_pool *pool, const char *dir, size_t size,
	char *tmp_name, size_t tmp_name_size, const char **why);

/* Makes pages dirty or not; returns how many were not so before. */
size_t vmm_pool_mark_dirty(
	struct vmm_pool *pool, size_t first, size_t last, bool is_dirty);

/*
 * Makes the mapping copy-on-write: neither this process nor its children
 * change the file from then on. 0, or -1 with errno: what was done is kept, and
 * the next call goes on from there. Does nothing where all is done.
 */
int vmm_pool_make_private(struct vmm_pool *pool);

/* Whether the mapping can be made private: its file is there to be mapped. */
bool vmm_pool_can_be_private(const struct vmm_pool *pool);

/*
 * In a child: the mapping is now that of the clone. The caller has cleared the
 * dirty bits of what was not copied; pages that are not dirty are not
 * committed any more, unless the clone shares all blocks.
 */
void vmm_pool_adopted(struct vmm_pool *pool, const struct vmm_clone *clone);

#endif /* VMM_POOL_H */
