/* SPDX-License-Identifier: BSD-3-Clause */
/* The pool file, its mapping and its storage; see pool.h. */
#include "config.h"

#include "core/pool.h"

#include "core/bitmap.h"
#include "core/checked.h"
#include "core/clone.h"
#include "core/commit.h"
#include "core/populate.h"

#include <errno.h>
#include <unistd.h>

#define HUGE_PAGE ((size_t)2 << 20)
#define GIANT_PAGE ((size_t)1 << 30)

/* Holes up to so many bytes are filled rather than mapped on their own. */
#define SMALL_HOLE ((size_t)256 << 10)

static int
set_size(struct vmm_pool *pool, const struct vmm_os_source *source, size_t size)
{
	if (source->is_device) {
		if (size > source->size)
			size = source->size;
		pool->size = vmm_align_down(size, source->granule);
	} else if (vmm_align_up_overflows(size, source->granule, &pool->size)) {
		errno = EINVAL;
		return -1;
	}
	pool->pages = pool->size / pool->page_size;
	return source->is_device ? 0 : vmm_os_file_resize(pool->fd, pool->size);
}

int
vmm_pool_create(struct vmm_pool *pool, const char *dir, size_t size,
	char *tmp_name, size_t tmp_name_size, const char **why)
{
	struct vmm_os_source source;
	size_t map_bytes, align;
	char *maps;
	int err;

	if (vmm_os_source_open(&source, dir, tmp_name, tmp_name_size, why) != 0)
		return -1;
	*pool = (struct vmm_pool){
		.page_size = vmm_os_page_size(),
		.huge_page_size = HUGE_PAGE,
		.granule = source.granule / vmm_os_page_size(),
		.fd = source.fd,
		.is_device = source.is_device,
		.is_tmpfs = source.is_tmpfs,
		.wants_huge = source.is_tmpfs && vmm_os_has_huge_pages(),
		.can_punch = !source.is_device,
	};
	if (vmm_os_file_id(pool->fd, &pool->file_id) != 0 ||
		set_size(pool, &source, size) != 0)
		goto out_close;
	if (source.granule > pool->huge_page_size)
		pool->huge_page_size = source.granule;
	align = pool->size >= GIANT_PAGE ? GIANT_PAGE : pool->huge_page_size;
	pool->base = vmm_os_reserve(pool->size, align);
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

size_t
vmm_pool_mark_dirty(
	struct vmm_pool *pool, size_t first, size_t last, bool is_dirty)
{
	size_t n = vmm_bitmap_assign(pool->dirty, first, last, is_dirty);

	if (is_dirty)
		pool->dirty_pages += n;
	else
		pool->dirty_pages -= n;
	return n;
}

/*
 * Copies of huge pages would be huge pages, too, and where there is none left
 * the kernel ends the process with SIGBUS, or takes the child's away from it.
 */
bool
vmm_pool_can_be_private(const struct vmm_pool *pool)
{
	return pool->is_private ||
		(!pool->is_device && pool->granule == 1 &&
			vmm_os_file_is(pool->fd, &pool->file_id));
}

/* Many holes make many mappings, of which a process may have only 65530. */
static void
fill_small_holes(struct vmm_pool *pool)
{
	size_t most = SMALL_HOLE / pool->page_size;
	size_t at = 0;

	while (at < pool->high_water) {
		size_t hole = vmm_bitmap_find(
			pool->committed, at, pool->high_water, false);
		size_t end = vmm_bitmap_find(
			pool->committed, hole, pool->high_water, true);

		if (end > hole && end - hole <= most &&
			vmm_populate(pool, hole, end) == 0)
			vmm_commit_mark(pool, hole, end);
		at = end;
	}
}

static int
map_run_private(
	struct vmm_pool *pool, size_t first, size_t last, bool has_storage)
{
	size_t offset = first * pool->page_size;
	size_t size = (last - first) * pool->page_size;

	return has_storage ? vmm_os_map_private(pool->base + offset, size,
				     pool->fd, (off_t)offset)
			   : vmm_os_map_zero(pool->base + offset, size);
}

/*
 * A private mapping of a hole allocates in the file when it is written, and
 * raises SIGBUS when that fails: what is not committed becomes anonymous.
 */
int
vmm_pool_make_private(struct vmm_pool *pool)
{
	size_t at = pool->private_end;

	if (pool->is_private)
		return 0;
	if (!vmm_pool_can_be_private(pool)) {
		errno = EBADF;
		return -1;
	}
	fill_small_holes(pool);
	while (at < pool->pages) {
		bool has_storage = at < pool->high_water &&
			(pool->committed[at / 64] >> at % 64 & 1);
		size_t end = vmm_bitmap_find(
			pool->committed, at, pool->high_water, !has_storage);

		if (!has_storage && end == pool->high_water)
			end = pool->pages;
		if (at >= pool->high_water)
			end = pool->pages;
		if (map_run_private(pool, at, end, has_storage) != 0)
			return -1;
		at = end;
		/* what is written there from now on is not in the file */
		pool->private_end = at;
	}
	pool->is_private = true;
	return 0;
}

void
vmm_pool_adopted(struct vmm_pool *pool, const struct vmm_clone *clone)
{
	if (vmm_os_file_is(pool->fd, &pool->file_id))
		close(pool->fd);
	pool->fd = clone->fd;
	pool->file_id = clone->file_id;
	pool->is_private = clone->fd < 0;
	pool->private_end = pool->is_private ? pool->pages : 0;
	pool->is_device = false;
	pool->clone = NULL;
	if (clone->is_reflink)
		return;
	if (clone->fd < 0)
		pool->granule = 1;
	for (size_t g = 0; pool->granule > 1 && g < pool->high_water;
		g += pool->granule)
		if (vmm_bitmap_find(pool->dirty, g, g + pool->granule, true) <
			g + pool->granule)
			vmm_pool_mark_dirty(pool, g, g + pool->granule, true);
	pool->committed_pages = 0;
	for (size_t w = 0; w < VMM_BITMAP_WORDS(pool->high_water); w++) {
		pool->committed[w] &= pool->dirty[w];
		pool->committed_pages +=
			(size_t)__builtin_popcountll(pool->committed[w]);
	}
}
