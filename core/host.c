/* SPDX-License-Identifier: BSD-3-Clause */
/* Extents for the backend; see host.h. No allocation here. */
#include "config.h"

#include "core/host.h"

#include "base/bitmap.h"
#include "base/checked.h"
#include "core/commit.h"
#include "core/defer.h"
#include "base/extent.h"
#include "base/hot.h"
#include "core/page.h"
#include "os/lock.h"
#include "base/log.h"
#include "base/visible.h"
#include "core/pages.h"
#include "core/parts.h"
#include "core/pool.h"
#include "core/room.h"
#include "core/unused.h"
#include "os/thread.h"
#include "os/memory.h"
#include "os/process.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct vmm_parts *parts VMM_HOT_DATA;
struct vmm_host_watch vmm_host_watch VMM_HOT_DATA;

static const struct vmmalloc_host *host VMM_HOT_DATA;

/* Lies on a page that is read-only; NULL: there is none. */
static void (*const *serve_slot)(bool is_outside) VMM_HOT_DATA;

/* Ends work that may have changed the counts of the pool. */
static void
end_work(void)
{
	vmm_page_update(parts);
	vmm_lock_end_work();
}

/* Answers a request of another process, which is rare, without the lock. */
static void
serve(void)
{
	if (vmm_page_has_request() && serve_slot != NULL)
		(*serve_slot)(false);
}

/* A range of pages in one part of the pool. */
struct range {
	unsigned int part; /* its number */
	struct vmm_pool *pool;
	size_t page, n;
};

/* False if the range is not whole pages of one part. */
static bool
find_range(struct range *range, const void *addr, size_t size)
{
	unsigned int i = vmm_parts_find(parts, addr);
	struct vmm_pool *pool;
	size_t offset;

	if (i == parts->n)
		return false;
	pool = parts->part[i];
	offset = (size_t)((const char *)addr - pool->base);
	*range = (struct range){
		.part = i,
		.pool = pool,
		.page = offset / pool->page_size,
		.n = size / pool->page_size,
	};
	return size <= pool->size - offset &&
		((offset | size) & (pool->page_size - 1)) == 0 && size != 0;
}

/*
 * The part [*first, *last) of n pages from page on that must be zeroed: all
 * pages that were used before, and those in between.
 */
static void
find_dirty(const struct range *range, size_t *first, size_t *last)
{
	const struct vmm_pool *pool = range->pool;
	size_t end = range->page + range->n;

	*first = vmm_bitmap_find(pool->dirty, range->page, end, true);
	*last = vmm_bitmap_find(pool->dirty, *first, end, false);
	if (vmm_bitmap_find(pool->dirty, *last, end, true) < end)
		*last = end;
	if (pool->is_device) {
		*first = range->page;
		*last = end;
	}
}

/* After any change of the extents of a part; with the lock held. */
static void
change(const struct vmm_pool *pool)
{
	VMM_ASSERT(vmm_lock_is_mine());
	__atomic_store_n(&vmm_host_watch.changes, vmm_host_watch.changes + 1,
		__ATOMIC_RELAXED);
	vmm_unused_look_after(pool);
}

/*
 * Commits pages that are in no free extent. At a limit, what other free extents
 * hold is released first. Free memory of the backend's own is not: the backend
 * may be in the middle of a change.
 */
static int
commit_pages(const struct range *range, bool *is_zero)
{
	struct vmm_pool *pool = range->pool;

	if (vmm_pool_commit(pool, range->page, range->n, is_zero) == 0)
		return 0;
	if (!vmm_room_is_limited(pool) || !vmm_unused_purge(pool->page_size))
		return -1;
	return vmm_pool_commit(pool, range->page, range->n, is_zero);
}

/*
 * Whether an extent is committed at once. If another part could have it, a
 * small one is: if its memory came later and this part were full then, it would
 * be too late to choose the other one.
 */
static bool
must_commit(const struct range *range, unsigned int flags)
{
	return (flags & VMMALLOC_EXTENT_NOCOMMIT) == 0 ||
		(parts->n > 1 &&
			range->n <= range->pool->huge_page_size /
					range->pool->page_size);
}

/* Commits a new extent, if it must be; otherwise frees it and returns -1. */
static int
commit_extent(const struct range *range, unsigned int flags, bool *is_fresh)
{
	if (!must_commit(range, flags) || commit_pages(range, is_fresh) == 0)
		return 0;
	vmm_pages_free(range->pool, range->page, range->page + range->n);
	return -1;
}

/* An extent and the dirty part of it. */
struct found {
	struct range range;
	size_t dirty, dirty_end;
	bool is_fresh;
};

/* To fill a block with zeroes would back all of it, unlike a purge. */
static void
look_for_dirty(struct found *found, unsigned int flags)
{
	const struct range *range = &found->range;

	find_dirty(range, &found->dirty, &found->dirty_end);
	if ((flags & VMMALLOC_EXTENT_ZERO) == 0 ||
		found->dirty == found->dirty_end ||
		!vmm_defer_may(range->pool, range->n))
		return;
	if (vmm_pool_purge(range->pool, found->dirty,
		    found->dirty_end - found->dirty) == 0)
		find_dirty(range, &found->dirty, &found->dirty_end);
}

static int
alloc_anywhere(
	struct found *found, size_t size, size_t alignment, unsigned int flags)
{
	size_t page_size = parts->part[0]->page_size;
	size_t align = alignment > page_size ? alignment / page_size : 1;
	unsigned int order[VMM_PARTS_MAX];
	struct range *range = &found->range;

	range->n = size / page_size;
	vmm_parts_order(parts, size, order);
	for (unsigned int i = 0; i < parts->n; i++) {
		range->part = order[i];
		range->pool = parts->part[order[i]];
		range->page =
			vmm_unused_alloc(order[i], range->n, align, flags);
		if (range->page == VMM_EXTENT_NONE)
			continue;
		look_for_dirty(found, flags);
		if (commit_extent(range, flags, &found->is_fresh) != 0)
			continue;
		if (i > 0)
			parts->spills[order[i]]++;
		return 0;
	}
	return -1;
}

static int
alloc_at(struct found *found, void *addr, size_t size, unsigned int flags)
{
	struct range *range = &found->range;

	if (!find_range(range, addr, size) ||
		!vmm_pages_alloc_at(range->pool, range->page, range->n))
		return -1;
	look_for_dirty(found, flags);
	return commit_extent(range, flags, &found->is_fresh);
}

/*
 * Nothing is backed before it is touched in a place in memory: so large blocks
 * are not filled there. glibc's malloc never uses memory again for blocks of
 * this size (DEFAULT_MMAP_THRESHOLD_MAX).
 */
#define DISCARD_MIN ((size_t)32 << 20)

/* Without the lock: the extent is the caller's. */
static void
fill_with_zeroes(const struct found *found)
{
	const struct vmm_pool *pool = found->range.pool;
	char *dirty = pool->base + found->dirty * pool->page_size;
	size_t size = (found->dirty_end - found->dirty) * pool->page_size;

	if (!pool->is_lazy || size < DISCARD_MIN ||
		vmm_os_discard(dirty, size) != 0)
		memset(dirty, 0, size);
}

static void *
extent_alloc(void *addr, size_t size, size_t alignment, unsigned int flags,
	bool *is_zero)
{
	struct found found = { .is_fresh = false };
	struct vmm_pool *pool;
	int r;

	if (size == 0 || size % parts->part[0]->page_size != 0)
		goto out_enomem;
	vmm_lock_begin_work();
	r = addr != NULL ? alloc_at(&found, addr, size, flags)
			 : alloc_anywhere(&found, size, alignment, flags);
	if (r == 0)
		change(found.range.pool);
	end_work();
	serve();
	if (r != 0)
		goto out_enomem;
	pool = found.range.pool;
	addr = pool->base + found.range.page * pool->page_size;
	if ((flags & VMMALLOC_EXTENT_ZERO) && !found.is_fresh) {
		fill_with_zeroes(&found);
		found.is_fresh = true;
	}
	if (is_zero != NULL)
		*is_zero = found.is_fresh;
	return addr;

out_enomem:
	errno = ENOMEM;
	return NULL;
}

static void
extent_free(void *addr, size_t size)
{
	struct range range;
	int err = errno;

	if (!find_range(&range, addr, size))
		vmm_fatal("heap backend freed a range that is not in the pool "
			  "(%p, %zu bytes)",
			addr, size);
	vmm_lock_begin_work();
	vmm_pages_free(range.pool, range.page, range.page + range.n);
	change(range.pool);
	end_work();
	serve();
	errno = err;
}

static int
commit(void *addr, size_t size)
{
	struct range range;
	int r;

	if (!find_range(&range, addr, size)) {
		errno = ENOMEM;
		return -1;
	}
	vmm_lock_begin_work();
	r = commit_pages(&range, NULL);
	end_work();
	serve();
	return r;
}

static int
purge(void *addr, size_t size)
{
	struct range range;
	int err = errno;
	int r;

	if (!find_range(&range, addr, size))
		return -1;
	vmm_lock_begin_work();
	r = vmm_pool_purge(range.pool, range.page, range.n);
	end_work();
	serve();
	errno = err;
	return r;
}

int
vmm_host_commit_bootstrap(char *from, char *to)
{
	size_t page_size = parts->part[0]->page_size;
	char *first = parts->base +
		vmm_align_down((size_t)(from - parts->base), page_size);

	return commit(first, vmm_align_up((size_t)(to - first), page_size));
}

static void
tick(void)
{
	int err = errno;

	/* a thread that holds the lock does it */
	if (!vmm_lock_try_begin_work())
		return;
	vmm_unused_look_after(NULL);
	end_work();
	errno = err;
}

static void
poll(void)
{
	if (serve_slot != NULL)
		(*serve_slot)(true);
}

static void
log_text(int level, const char *text)
{
	(void)level;
	(void)text;
	VMM_LOG(level, "%s", text);
}

static void
fatal(const char *text)
{
	vmm_fatal("%s", text);
}

bool
vmm_host_trim(size_t run_min)
{
	bool was_any;

	vmm_lock_begin_work();
	was_any = vmm_unused_purge(run_min);
	for (unsigned int i = 0; i < parts->n; i++)
		vmm_pool_collect(parts->part[i]);
	end_work();
	return was_any;
}

bool
vmm_host_trim_batch(void)
{
	bool is_more;

	vmm_lock_begin_work();
	is_more = vmm_unused_purge_batch();
	end_work();
	return is_more;
}

VMM_HOT_CODE void
vmm_host_forked(uint64_t now_ms)
{
	vmm_host_watch.process = getpid();
	vmm_host_watch.is_watched = false;
	vmm_page_forked(vmm_host_watch.process, now_ms);
}

void
vmm_host_publish(const struct vmmalloc_backend *backend, int fork_mode)
{
	vmm_lock_acquire();
	vmm_page_update(parts);
	vmm_page_go_live(backend, fork_mode);
	vmm_lock_release();
}

void
vmm_host_reset_peak(void)
{
	vmm_lock_acquire();
	for (unsigned int i = 0; i < parts->n; i++)
		parts->part[i]->committed_peak =
			parts->part[i]->committed_pages;
	vmm_page_update(parts);
	vmm_lock_release();
}

static void
add_stats(struct vmm_host_stats *stats, unsigned int i)
{
	const struct vmm_pool *pool = parts->part[i];
	size_t page_size = pool->page_size;

	stats->pool_size += pool->size;
	stats->committed += pool->committed_pages * page_size;
	stats->committed_peak += pool->committed_peak * page_size;
	stats->purged += pool->purged_pages * page_size;
	stats->free += pool->free.total * page_size;
	stats->idle += (pool->committed_pages - pool->used_pages) * page_size;
	stats->ahead += (pool->committed_pages - pool->dirty_pages) * page_size;
	stats->commit_calls += pool->commit_calls;
	stats->purge_calls += pool->purge_calls;
	stats->part[i] = (struct vmm_host_part_stats){
		.place = pool->place,
		.size = pool->size,
		.committed = pool->committed_pages * page_size,
		.committed_peak = pool->committed_peak * page_size,
		.free = pool->free.total * page_size,
		.spills = parts->spills[i],
	};
}

void
vmm_host_get_stats(struct vmm_host_stats *stats)
{
	*stats = (struct vmm_host_stats){ .n_parts = parts->n };
	vmm_lock_acquire();
	for (unsigned int i = 0; i < parts->n; i++)
		add_stats(stats, i);
	vmm_lock_release();
}

void
vmm_host_init(struct vmm_parts *the_parts, struct vmmalloc_host *table)
{
	const struct vmm_pool *first = the_parts->part[0];

	parts = the_parts;
	vmm_unused_init(parts);
	vmm_host_forked(0);
	vmm_page_start(parts, vmm_host_watch.process);
	*table = (struct vmmalloc_host){
		.struct_size = sizeof(*table),
		.abi_major = VMMALLOC_BACKEND_ABI_MAJOR,
		.abi_minor = VMMALLOC_BACKEND_ABI_MINOR,
		.pool_base = parts->base,
		.pool_size = parts->size,
		.page_size = first->page_size,
		.huge_page_size = first->huge_page_size,
		.extent_alloc = extent_alloc,
		.extent_free = extent_free,
		.commit = commit,
		.purge = purge,
		.thread_attach = vmm_thread_attach,
		.tick = tick,
		.log = log_text,
		.fatal = fatal,
		.clock_ms = vmm_os_clock_ms,
		.poll = poll,
	};
	host = table;
}

void
vmm_host_set_serve(void (*const *slot)(bool is_outside))
{
	serve_slot = slot;
}

void
vmm_host_add(const char *from, const char *to)
{
	struct vmm_pool *pool = parts->part[0];

	vmm_lock_acquire();
	vmm_pages_free(pool, (size_t)(from - pool->base) / pool->page_size,
		(size_t)(to - pool->base) / pool->page_size);
	vmm_lock_release();
}

void
vmm_host_add_rest(const char *from)
{
	vmm_host_add(from, parts->base + parts->part[0]->size);
	vmm_lock_acquire();
	for (unsigned int i = 1; i < parts->n; i++)
		vmm_pages_free(parts->part[i], 0, parts->part[i]->pages);
	vmm_lock_release();
}

VMM_EXPORT const struct vmmalloc_host *
vmmalloc_host_get(void)
{
	return host;
}
