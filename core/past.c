/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files that the pool lay in until a fork: how pages come to be mapped from
 * them, and how they are released; see pool.h.
 */
#include "config.h"

#include "core/pool.h"

#include "base/bitmap.h"
#include "base/hot.h"
#include "base/checked.h"
#include "base/log.h"
#include "core/policy.h"
#include "os/attributes.h"
#include "os/memory.h"
#include "os/process.h"

#include <errno.h>
#include <string.h>

static char *
address_of(const struct vmm_pool *pool, size_t page)
{
	return pool->base + page * pool->page_size;
}

static size_t
map_bytes(const struct vmm_pool *pool)
{
	return VMM_BITMAP_WORDS(pool->pages) * sizeof(uint64_t);
}

/* The past file that a page is mapped from, or NULL. */
static struct vmm_past *
find_past(struct vmm_pool *pool, size_t page)
{
	for (int i = 0; i < VMM_PASTS; i++)
		if (pool->past[i].map != NULL &&
			(pool->past[i].map[page / 64] >> page % 64 & 1))
			return &pool->past[i];
	return NULL;
}

/*
 * The end of the run of pages from first on that have the origin of page first.
 */
static size_t
end_of_origin(struct vmm_pool *pool, size_t first, size_t last)
{
	struct vmm_past *past = find_past(pool, first);
	bool is_anon = pool->anon[first / 64] >> first % 64 & 1;

	if (past != NULL)
		return vmm_bitmap_find(past->map, first, last, false);
	if (first < pool->file_pages && last > pool->file_pages)
		last = pool->file_pages;
	last = vmm_bitmap_find(pool->anon, first, last, !is_anon);
	for (int i = 0; i < VMM_PASTS; i++)
		if (pool->past[i].map != NULL)
			last = vmm_bitmap_find(
				pool->past[i].map, first, last, true);
	return last;
}

static void
free_past(struct vmm_pool *pool, struct vmm_past *past)
{
	vmm_os_file_close(&past->file);
	vmm_os_unmap(past->map, map_bytes(pool));
	past->map = NULL;
}

/*
 * Replaces the backing of [first, last), which is the past file, by anonymous
 * memory or, if the pool has returned to a new file, by that file: only in
 * whole huge pages, so that mappings stay few.
 */
static int
replace(struct vmm_pool *pool, struct vmm_past *past, size_t first, size_t last)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	size_t from = vmm_align_up(first, huge);
	size_t to = vmm_align_down(
		last < pool->file_pages ? last : pool->file_pages, huge);

	if (vmm_os_map_zero(address_of(pool, first),
		    (last - first) * pool->page_size) != 0)
		return -1;
	vmm_bitmap_assign(past->map, first, last, false);
	vmm_bitmap_assign(pool->anon, first, last, true);
	past->has_garbage = true;
	if (vmm_policy_apply(pool, address_of(pool, first),
		    (last - first) * pool->page_size) != 0)
		return -1;
	if (!pool->returns || from >= to)
		return 0;
	if (vmm_os_map_file(address_of(pool, from),
		    (to - from) * pool->page_size, &pool->file,
		    (off_t)(from * pool->page_size), VMM_OS_SHARED) != NULL)
		vmm_bitmap_assign(pool->anon, from, to, false);
	else if (errno != EBADF)
		return 0;
	else if (vmm_os_map_zero(address_of(pool, from),
			 (to - from) * pool->page_size) != 0)
		return -1; /* and the range is inaccessible now */
	return vmm_policy_apply(
		pool, address_of(pool, from), (to - from) * pool->page_size);
}

int
vmm_pool_renew(struct vmm_pool *pool, size_t first, size_t last)
{
	struct vmm_os_signals signals;
	int r = 0;

	for (size_t at = first; r == 0 && at < last;) {
		struct vmm_past *past = find_past(pool, at);
		size_t end = end_of_origin(pool, at, last);
		size_t hole = at;

		if (past == NULL) {
			at = end;
			continue;
		}
		/* the whole hole at once, so that mappings stay few */
		end = end_of_origin(pool, at, pool->mapped);
		end = vmm_bitmap_find(pool->committed, at, end, true);
		while (hole > 0 &&
			(pool->committed[(hole - 1) / 64] >> (hole - 1) % 64 &
				1) == 0 &&
			find_past(pool, hole - 1) == past)
			hole--;
		vmm_os_signals_block(&signals);
		r = replace(pool, past, hole, end);
		vmm_os_signals_restore(&signals);
		at = end;
	}
	if (r != 0)
		errno = ENOMEM;
	return r;
}

/* Through the descriptors, in emulators. */
static int
punch_otherwise(struct vmm_pool *pool, size_t first, size_t last)
{
	int r = 0;

	while (r == 0 && first < last) {
		struct vmm_piece piece = vmm_stripes_find(pool, first, last);

		first = piece.last;
		r = vmm_os_file_punch(piece.file, (off_t)piece.offset,
			(piece.last - piece.first) * pool->page_size);
	}
	return r;
}

static int
release_run(struct vmm_pool *pool, size_t first, size_t last)
{
	struct vmm_past *past = find_past(pool, first);
	size_t size = (last - first) * pool->page_size;
	struct vmm_os_signals signals;
	int r;

	if (past != NULL) {
		vmm_os_signals_block(&signals);
		r = replace(pool, past, first, last);
		vmm_os_signals_restore(&signals);
		return r;
	}
	if (!vmm_pool_is_shared_at(pool, first))
		return vmm_os_discard(address_of(pool, first), size);
	if (!pool->can_punch) {
		errno = EOPNOTSUPP;
		return -1;
	}
	r = vmm_os_punch(address_of(pool, first), size);
	if (r != 0 && errno == ENOSYS)
		r = punch_otherwise(pool, first, last);
	if (r != 0 &&
		(errno == EOPNOTSUPP || errno == EPERM || errno == ENOSYS))
		pool->can_punch = false;
	return r;
}

size_t
vmm_pool_release(struct vmm_pool *pool, size_t first, size_t last)
{
	size_t at = first;

	while (at < last && at < pool->mapped) {
		size_t end = end_of_origin(
			pool, at, last < pool->mapped ? last : pool->mapped);

		if (release_run(pool, at, end) != 0)
			return at;
		at = end;
	}
	return last; /* what lies beyond the mark is not backed */
}

/*
 * Punches the pages of the file that are not mapped from it any more, through a
 * temporary mapping. False if that is impossible.
 */
static bool
punch_garbage(struct vmm_pool *pool, struct vmm_past *past)
{
	size_t size = past->pages * pool->page_size;
	char *all = vmm_os_map_file(NULL, size, &past->file, 0, VMM_OS_SHARED);
	bool is_done = true;
	size_t at = 0;

	if (all == NULL)
		return false;
	while (is_done && at < past->pages) {
		size_t first =
			vmm_bitmap_find(past->map, at, past->pages, false);
		size_t last =
			vmm_bitmap_find(past->map, first, past->pages, true);

		is_done = first == last ||
			vmm_os_punch(all + first * pool->page_size,
				(last - first) * pool->page_size) == 0;
		at = last;
	}
	vmm_os_unmap(all, size);
	return is_done;
}

void
vmm_pool_collect(struct vmm_pool *pool)
{
	bool is_alone = pool->marker.fd < 0;

	for (int i = 0; i < VMM_PASTS; i++) {
		struct vmm_past *past = &pool->past[i];

		if (past->map == NULL || !past->has_garbage)
			continue;
		if (vmm_bitmap_find(past->map, 0, past->pages, true) ==
			past->pages) {
			free_past(pool, past);
			continue;
		}
		if (past->file.fd < 0)
			continue;
		if (!is_alone && !vmm_os_marker_is_free(&pool->marker))
			return;
		if (!is_alone)
			vmm_os_file_close(&pool->marker);
		is_alone = true;
		if (!punch_garbage(pool, past)) /* it would fail again */
			vmm_os_file_close(&past->file);
		past->has_garbage = false;
	}
}

/* The next run of shared pages from *first on. */
static bool
next_shared(struct vmm_pool *pool, size_t *first, size_t *last)
{
	size_t end = pool->mapped < pool->file_pages ? pool->mapped
						     : pool->file_pages;
	size_t at = *first;

	while (at < end) {
		*last = end_of_origin(pool, at, end);
		if (find_past(pool, at) == NULL &&
			vmm_pool_is_shared_at(pool, at)) {
			*first = at;
			return true;
		}
		at = *last;
	}
	return false;
}

VMM_HOT_CODE bool
vmm_pool_is_shared(const struct vmm_pool *pool)
{
	return pool->file_pages > 0;
}

/*
 * On hugetlbfs the copy of a page that is written to would be a huge page, too.
 * If there is none left, the kernel ends the process with SIGBUS, or takes the
 * page away from the child.
 */
bool
vmm_pool_can_be_private(const struct vmm_pool *pool)
{
	return !vmm_pool_is_shared(pool) ||
		(!pool->is_device && pool->granule == 1 &&
			pool->stripes.n == 0 &&
			vmm_os_file_is_open(&pool->file));
}

/*
 * A slot for the current file. If none is free, it shares the last one, which
 * keeps no file open. NULL if there is no memory.
 */
static struct vmm_past *
new_past(struct vmm_pool *pool)
{
	struct vmm_past *past = NULL;

	for (int i = 0; i < VMM_PASTS && past == NULL; i++)
		if (pool->past[i].map == NULL)
			past = &pool->past[i];
	if (past == NULL) {
		past = &pool->past[VMM_PASTS - 1];
		vmm_os_file_close(&past->file);
		return past;
	}
	*past = (struct vmm_past){
		.map = vmm_os_map_anon(map_bytes(pool)),
		.file = VMM_OS_NO_FILE,
	};
	return past->map != NULL ? past : NULL;
}

static int
map_private(
	struct vmm_pool *pool, struct vmm_past *past, size_t first, size_t last)
{
	size_t offset = first * pool->page_size;
	size_t size = (last - first) * pool->page_size;
	struct vmm_os_areas areas;
	int r;

	if (!vmm_os_can_map_private(size, &pool->file, (off_t)offset) ||
		vmm_os_areas_find(&areas, pool->base + offset, size) != 0)
		return -1;
	r = vmm_os_make_private(
		pool->base + offset, size, &pool->file, (off_t)offset, &areas);
	if (r == 0)
		vmm_os_areas_apply(&areas, false);
	vmm_os_areas_free(&areas);
	if (r == 0)
		vmm_bitmap_assign(past->map, first, last, true);
	return r;
}

/*
 * Unmaps what lies above the high-water mark, and moves the mark `mapped`
 * there.
 */
static void
unmap_rest(struct vmm_pool *pool)
{
	size_t end = vmm_align_up(pool->high_water, pool->unit);

	if (end >= pool->mapped ||
		vmm_os_unback(address_of(pool, end),
			(pool->mapped - end) * pool->page_size) != 0)
		return;
	vmm_bitmap_assign(pool->anon, end, pool->mapped, false);
	for (int i = 0; i < VMM_PASTS; i++)
		if (pool->past[i].map != NULL)
			vmm_bitmap_assign(
				pool->past[i].map, end, pool->mapped, false);
	pool->mapped = end;
}

int
vmm_pool_make_private(struct vmm_pool *pool)
{
	struct vmm_past *past;
	size_t first = 0, last;

	if (!vmm_pool_is_shared(pool))
		return 0;
	if (!vmm_pool_can_be_private(pool)) {
		errno = EBADF;
		return -1;
	}
	past = new_past(pool);
	if (past == NULL)
		return -1;
	unmap_rest(pool);
	for (; next_shared(pool, &first, &last); first = last) {
		if (map_private(pool, past, first, last) != 0) {
			/*
			 * part of the file is past now: replace no page by it
			 */
			pool->returns = false;
			return -1;
		}
	}
	if (past->file.fd < 0 && past != &pool->past[VMM_PASTS - 1])
		past->file = pool->file;
	else
		vmm_os_file_close(&pool->file);
	VMM_LOG(3, "made private: %zu pages", pool->mapped);
	past->pages = pool->mapped;
	pool->file = VMM_OS_NO_FILE;
	pool->file_pages = 0;
	pool->returns = false;
	if (pool->may_use_huge_pages && !pool->wants_huge)
		pool->wants_huge = vmm_os_has_huge_pages();
	return 0;
}

void
vmm_pool_return_to(
	struct vmm_pool *pool, const struct vmm_os_file *file, size_t pages)
{
	for (size_t at = 0; at < pool->mapped;) {
		size_t end = end_of_origin(pool, at, pool->mapped);

		if (find_past(pool, at) == NULL)
			vmm_bitmap_assign(pool->anon, at, end, true);
		at = end;
	}
	pool->file = *file;
	pool->file_pages = pages;
	pool->returns = true;
	pool->can_punch = !pool->is_preallocated;
}

void
vmm_pool_forget_pasts(struct vmm_pool *pool)
{
	vmm_pool_close_files(pool);
	for (int i = 0; i < VMM_PASTS; i++)
		if (pool->past[i].map != NULL)
			free_past(pool, &pool->past[i]);
}

VMM_HOT_CODE void
vmm_pool_close_files(struct vmm_pool *pool)
{
	vmm_os_file_close_in_child(&pool->file);
	for (unsigned int i = 1; i < pool->stripes.n; i++)
		vmm_os_file_close_in_child(&pool->stripes.file[i]);
	vmm_os_file_close_in_child(&pool->marker);
	for (int i = 0; i < VMM_PASTS; i++)
		if (pool->past[i].map != NULL)
			vmm_os_file_close_in_child(&pool->past[i].file);
}
