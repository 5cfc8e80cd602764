/* SPDX-License-Identifier: BSD-3-Clause */
/* The pool file, its mapping and its storage; see pool.h. */
#include "config.h"

#include "core/pool.h"

#include "core/bitmap.h"
#include "core/checked.h"

#include <errno.h>
#include <unistd.h>

#define HUGE_PAGE ((size_t)2 << 20)
#define GIANT_PAGE ((size_t)1 << 30)

/*
 * Commit ahead: an eighth of what is committed, within these bounds. Populating
 * pages in batches costs a third of faulting them one by one, but what is
 * committed and not used is memory held for nothing.
 */
#define AHEAD_SHIFT 3
#define AHEAD_MIN ((size_t)64 << 10)
#define AHEAD_MAX ((size_t)2 << 20)

int
vmm_pool_create(struct vmm_pool *pool, const char *dir, size_t size,
	char *tmp_name, size_t tmp_name_size)
{
	size_t map_bytes;
	char *maps;
	int err;

	*pool = (struct vmm_pool){
		.page_size = vmm_os_page_size(),
		.huge_page_size = HUGE_PAGE,
		.can_punch = true,
	};
	if (vmm_align_up_overflows(size, pool->page_size, &pool->size)) {
		errno = EINVAL;
		return -1;
	}
	pool->pages = pool->size / pool->page_size;
	pool->fd = vmm_os_file_create(dir, tmp_name, tmp_name_size);
	if (pool->fd < 0)
		return -1;
	if (vmm_os_file_id(pool->fd, &pool->file_id) != 0 ||
		ftruncate(pool->fd, (off_t)pool->size) != 0)
		goto out_close;
	pool->base = vmm_os_reserve(
		pool->size, pool->size >= GIANT_PAGE ? GIANT_PAGE : HUGE_PAGE);
	if (pool->base == NULL ||
		vmm_os_map_shared(pool->base, pool->size, pool->fd, 0) != 0)
		goto out_close;
	map_bytes = VMM_BITMAP_WORDS(pool->pages) * sizeof(uint64_t);
	maps = vmm_os_map_anon(2 * map_bytes);
	if (maps == NULL)
		goto out_close;
	pool->committed = (uint64_t *)(void *)maps;
	pool->dirty = (uint64_t *)(void *)(maps + map_bytes);
	return 0;

out_close: /* the process ends: its mappings need no care */
	err = errno;
	close(pool->fd);
	errno = err;
	return -1;
}

static size_t
ahead_pages(const struct vmm_pool *pool)
{
	size_t bytes = pool->committed_pages * pool->page_size >> AHEAD_SHIFT;

	if (bytes < AHEAD_MIN)
		bytes = AHEAD_MIN;
	if (bytes > AHEAD_MAX)
		bytes = AHEAD_MAX;
	return bytes / pool->page_size;
}

static int
populate(struct vmm_pool *pool, size_t first, size_t last)
{
	size_t offset = first * pool->page_size;

	pool->commit_calls++;
	return vmm_os_populate(pool->base + offset,
		(last - first) * pool->page_size,
		pool->is_private ? -1 : pool->fd, (off_t)offset);
}

/* Commits the run [first, last) of uncommitted pages, and some more. */
static int
commit_run(struct vmm_pool *pool, size_t first, size_t last)
{
	size_t end = first + ahead_pages(pool);

	if (end > pool->pages)
		end = pool->pages;
	if (end > last)
		end = vmm_bitmap_find(pool->committed, last, end, true);
	if (end > last && populate(pool, first, end) == 0)
		last = end;
	else if (populate(pool, first, last) != 0)
		return -1;
	pool->committed_pages +=
		vmm_bitmap_assign(pool->committed, first, last, true);
	if (pool->committed_pages > pool->committed_peak)
		pool->committed_peak = pool->committed_pages;
	return 0;
}

int
vmm_pool_commit(struct vmm_pool *pool, size_t page, size_t n, bool *is_zero)
{
	size_t end = page + n;
	size_t at = page;

	while ((at = vmm_bitmap_find(pool->committed, at, end, false)) < end) {
		size_t last = vmm_bitmap_find(pool->committed, at, end, true);

		if (commit_run(pool, at, last) != 0) {
			errno = ENOMEM;
			return -1;
		}
		at = last;
	}
	size_t became_dirty = vmm_bitmap_assign(pool->dirty, page, end, true);

	if (is_zero != NULL)
		*is_zero = became_dirty == n;
	return 0;
}

int
vmm_pool_purge(struct vmm_pool *pool, size_t page, size_t n)
{
	if (pool->is_private || !pool->can_punch ||
		!vmm_os_file_is(pool->fd, &pool->file_id))
		return -1;
	if (vmm_os_punch(pool->fd, (off_t)(page * pool->page_size),
		    (off_t)(n * pool->page_size)) != 0) {
		if (errno == EOPNOTSUPP)
			pool->can_punch = false;
		return -1;
	}
	pool->purge_calls++;
	size_t purged =
		vmm_bitmap_assign(pool->committed, page, page + n, false);

	vmm_bitmap_assign(pool->dirty, page, page + n, false);
	pool->committed_pages -= purged;
	pool->purged_pages += purged;
	return 0;
}

/*
 * A private mapping of a hole allocates in the file when it is written, and
 * raises SIGBUS when that fails: what is not committed becomes anonymous.
 */
int
vmm_pool_make_private(struct vmm_pool *pool)
{
	size_t at = 0;

	if (pool->is_private)
		return 0;
	if (!vmm_os_file_is(pool->fd, &pool->file_id)) {
		errno = EBADF;
		return -1;
	}
	while (at < pool->pages) {
		bool has_storage = pool->committed[at / 64] >> at % 64 & 1;
		size_t end = vmm_bitmap_find(
			pool->committed, at, pool->pages, !has_storage);
		size_t offset = at * pool->page_size;
		size_t size = (end - at) * pool->page_size;
		int r = has_storage
			? vmm_os_map_private(pool->base + offset, size,
				  pool->fd, (off_t)offset)
			: vmm_os_map_zero(pool->base + offset, size);

		if (r != 0)
			return -1;
		at = end;
	}
	pool->is_private = true;
	return 0;
}
