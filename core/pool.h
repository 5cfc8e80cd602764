/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pool: a range of address space that stays the same for the life of the
 * process, the backing of each of its pages, and its free extents. If the heap
 * lies in several places, there is a pool for each of them (core/parts.h).
 *
 * Pages below the mark `mapped` can be accessed. Above it address space is only
 * reserved, without access rights and without charge. Each mapped page is
 * backed in one of three ways, its origin:
 *
 *   current   the pool's file, shared, for pages below file_pages; anonymous
 *             private memory from there on. All pages start like this.
 *   anonymous private memory, below file_pages.
 *   past      a file that the pool lay in until a fork, mapped copy-on-write:
 *             children still have its pages, so it is never written.
 *
 * A pool in memory (is_lazy) has no file: all of its pages are anonymous, and
 * none is backed before the program touches it. There, to commit a page is to
 * count it.
 *
 * A page is committed if touching it cannot fail; core/defer.h has the one
 * exception. It is dirty from the time it
 * is first handed out until it is purged. Committed pages that are not dirty
 * read as zeroes; pages that are not committed will do so once they are. Used
 * pages are committed pages that are in no free extent.
 *
 * Pages are backed in granules: of one page or, on hugetlbfs, of a huge page.
 * On a device DAX node all pages are backed from the start, and none is known
 * to be zero. In these two cases the whole pool is mapped when it is created.
 *
 * On a disk the file system may have to find blocks for all of a unit if one
 * page of it is written (os/disk.h). So a unit has all its blocks while a page
 * of it is committed, and they are released together.
 *
 * No allocation here. The caller holds the lock around the pool (lock.h).
 */
#ifndef VMM_POOL_H
#define VMM_POOL_H

#include "base/bitmap.h"
#include "base/extent.h"
#include "core/huge.h"
#include "core/stripes.h"
#include "os/file.h"
#include "os/files.h"
#include "os/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmm_budget;
struct vmm_commit;
struct vmm_places;

#define VMM_PASTS 8

/* A file that the pool lay in before a fork. */
struct vmm_past {
	uint64_t *map;	  /* one bit per page: mapped from it; NULL: unused */
	size_t pages;	  /* only these may hold data */
	bool has_garbage; /* it may hold pages that are no longer mapped */
	struct vmm_os_file file; /* open while its garbage can be punched */
};

/* Reserved address space. */
struct vmm_space {
	char *base;
	size_t size; /* bytes */
};

struct vmm_pool {
	/* constant */
	char *base;  /* aligned to huge_page_size, or 1 GiB if as large */
	size_t size; /* bytes, a multiple of the unit */
	size_t pages;
	size_t page_size;
	size_t huge_page_size;
	size_t granule; /* pages */
	size_t unit;	/* pages, a multiple of the granule */
	bool is_device;
	bool is_lazy;	      /* pages are backed when they are touched */
	bool defers;	      /* large blocks are, see core/defer.h */
	bool can_have_policy; /* its file system obeys it */
	struct vmm_os_policy policy; /* of its memory */
	const char *place;	     /* as the user has given it */

	/* what backs new pages */
	struct vmm_os_file file; /* VMM_OS_NO_FILE: private memory only */
	size_t file_pages;	 /* pages from here on are anonymous */
	bool punches_quickly;
	bool can_punch;	      /* false once the file system has refused */
	bool is_preallocated; /* nothing is ever purged */
	uint64_t room;	      /* bytes that the file system may have left */
	uint64_t nodes_room;  /* the same of the nodes of a strict policy */
	struct vmm_budget *budget; /* core/room.h; NULL: no limit */

	struct vmm_files files; /* more of them, for forks */

	struct vmm_stripes stripes;

	/* what backs pages that are mapped */
	size_t mapped;
	uint64_t *anon; /* one bit per page */
	struct vmm_past past[VMM_PASTS];
	struct vmm_os_file marker; /* mapped by children that have past files */
	bool returns; /* pages of past files are replaced by the new file's, in
			 whole huge pages */

	/* huge pages */
	bool wants_huge;	 /* ask the kernel for them */
	bool may_use_huge_pages; /* as configured */
	struct vmm_huge huge;

	/* the state of pages */
	uint64_t *committed; /* one bit per page */
	uint64_t *dirty;     /* one bit per page */
	uint64_t *deferred;  /* one bit per page; core/defer.h */
	size_t high_water;   /* no page from here on is committed */
	struct vmm_extent_set free;

	/* ranges that threads without the lock are committing or purging */
	struct vmm_commit *in_flight;

	/* counts, in pages and calls */
	size_t committed_pages;
	size_t committed_peak;
	size_t dirty_pages;
	size_t claimed_pages; /* of calls in progress: dirty at their end */
	size_t used_pages;
	size_t purged_pages;
	size_t commit_calls;
	size_t purge_calls;
};

/*
 * Creates the file in the directory dir, or opens the device, and reserves
 * address space for it, unless that was done before: then the pool is at the
 * start of space. 0, or -1 with errno; *why then is NULL or says more than
 * errno. tmp_name as in vmm_os_backing_open.
 */
int vmm_pool_create(struct vmm_pool *pool, const char *dir, size_t size,
	const struct vmm_space *space, char *tmp_name, size_t tmp_name_size,
	const char **why);

/*
 * The same for one file in each of n directories, with stripes of this many
 * bytes: the pool is as large as all of them.
 */
int vmm_pool_create_striped(struct vmm_pool *pool,
	const struct vmm_places *places, size_t stripe, const char **why);

/* The alignment of a pool of this many bytes, if there is address space for it.
 */
size_t vmm_pool_alignment(size_t size);

/*
 * The same for a pool in memory, with the policy of its nodes. *why as in
 * vmm_os_policy_try.
 */
int vmm_pool_create_in_memory(struct vmm_pool *pool,
	const struct vmm_os_policy *policy, size_t size,
	const struct vmm_space *space, const char **why);

/* Makes pages below last accessible. 0, or -1 with ENOMEM. */
int vmm_pool_map(struct vmm_pool *pool, size_t last);

/*
 * Replaces the backing of pages [first, last), none of which is committed, if
 * it is a past file: by anonymous memory or the current file. May extend to the
 * uncommitted pages around the range. 0, or -1 with ENOMEM.
 */
int vmm_pool_renew(struct vmm_pool *pool, size_t first, size_t last);

/*
 * Releases the memory behind pages [first, last), which then read as zeroes, up
 * to the first run for which that fails. Returns the end of what was released:
 * first if that is nothing. The caller updates the state of the pages.
 */
size_t vmm_pool_release(struct vmm_pool *pool, size_t first, size_t last);

/*
 * Releases pages of past files that this process has not mapped any more,
 * unless a child may still have them.
 */
void vmm_pool_collect(struct vmm_pool *pool);

/* Whether the pool has a file, which a child would share. */
bool vmm_pool_is_shared(const struct vmm_pool *pool);

/*
 * Whether the shared pages, if there are any, can be made private: not on a
 * device or hugetlbfs, nor once the file's descriptor is closed.
 */
bool vmm_pool_can_be_private(const struct vmm_pool *pool);

/*
 * Makes all shared pages copy-on-write pages of a past file; pages that are
 * mapped later are anonymous. Neither this process nor its children change the
 * file then. Attributes that the program has set on its pages are kept. 0, or
 * -1 with errno: the pool is then unchanged or partly private, and can be used;
 * a later call goes on from there.
 */
int vmm_pool_make_private(struct vmm_pool *pool);

/*
 * After make_private: pages that are mapped from now on come from the file,
 * which has this many pages.
 */
void vmm_pool_return_to(
	struct vmm_pool *pool, const struct vmm_os_file *file, size_t pages);

/* In a child: closes all descriptors of files that are its parent's. */
void vmm_pool_close_files(struct vmm_pool *pool);

/* The same, once no page is mapped from past files: forgets these as well. */
void vmm_pool_forget_pasts(struct vmm_pool *pool);

/*
 * In a child: what is mapped now is a copy, of which pages below file_pages lie
 * in file. All are private memory if that is VMM_OS_NO_FILE.
 */
void vmm_pool_adopted(struct vmm_pool *pool, const struct vmm_os_file *file,
	size_t file_pages);

/* Whether a page that is not of a past file is shared with the current file. */
static inline bool
vmm_pool_is_shared_at(const struct vmm_pool *pool, size_t page)
{
	return page < pool->file_pages &&
		(pool->anon[page / 64] >> page % 64 & 1) == 0;
}

/*
 * Whether all pages of [first, last) have one origin, which is not a past file.
 */
static inline bool
vmm_pool_is_uniform(const struct vmm_pool *pool, size_t first, size_t last)
{
	bool is_anon = pool->anon[first / 64] >> first % 64 & 1;

	if (first < pool->file_pages && last > pool->file_pages)
		return false;
	if (vmm_bitmap_find(pool->anon, first, last, !is_anon) != last)
		return false;
	for (int i = 0; i < VMM_PASTS; i++)
		if (pool->past[i].map != NULL &&
			vmm_bitmap_find(pool->past[i].map, first, last, true) !=
				last)
			return false;
	return true;
}

/* Whether this unit lies in the current file, on a disk. */
static inline bool
vmm_pool_has_units_at(const struct vmm_pool *pool, size_t unit)
{
	return pool->unit > pool->granule &&
		vmm_pool_is_shared_at(pool, unit) &&
		vmm_pool_is_uniform(pool, unit, unit + pool->unit);
}

#endif /* VMM_POOL_H */
