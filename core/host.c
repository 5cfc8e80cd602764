/* SPDX-License-Identifier: BSD-3-Clause */
/* Extents for the backend; see host.h. No allocation here. */
#include "config.h"

#include "core/host.h"

#include "base/bitmap.h"
#include "core/commit.h"
#include "base/extent.h"
#include "core/idle.h"
#include "os/lock.h"
#include "base/log.h"
#include "base/seal.h"
#include "base/visible.h"
#include "core/pages.h"
#include "core/pool.h"
#include "os/thread.h"
#include "os/memory.h"
#include "os/process.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct vmm_pool *pool;
static struct vmm_idle idle;
struct vmm_host_watch vmm_host_watch;

static union {
	struct vmmalloc_host table;
	char page[VMM_SEAL_ALIGN];
} host __attribute__((aligned(VMM_SEAL_ALIGN)));
_Static_assert(sizeof(host) == VMM_SEAL_ALIGN,
	"what lies beside the table would be read-only as well");

static size_t
page_of(const void *addr)
{
	return (size_t)((const char *)addr - pool->base) / pool->page_size;
}

static bool
is_range_valid(const void *addr, size_t size)
{
	size_t offset = (size_t)((const char *)addr - pool->base);

	return offset < pool->size && size <= pool->size - offset &&
		((offset | size) & (pool->page_size - 1)) == 0 && size != 0;
}

/*
 * The part [*first, *last) of n pages from page on that must be zeroed: all
 * pages that were used before, and those in between.
 */
static void
find_dirty(size_t page, size_t n, size_t *first, size_t *last)
{
	size_t end = page + n;

	*first = vmm_bitmap_find(pool->dirty, page, end, true);
	*last = vmm_bitmap_find(pool->dirty, *first, end, false);
	if (vmm_bitmap_find(pool->dirty, *last, end, true) < end)
		*last = end;
	if (pool->is_device) {
		*first = page;
		*last = end;
	}
}

/*
 * After any change, and from time to time; with the lock held. The lock may be
 * released during the call.
 */
static void
look_after_idle(bool is_change)
{
	VMM_ASSERT(vmm_lock_is_mine());
	__atomic_store_n(&vmm_host_watch.changes,
		vmm_host_watch.changes + is_change, __ATOMIC_RELAXED);
	vmm_idle_look_after(&idle, pool, is_change);
}

/*
 * Removes n pages from the free extents. Returns the first one, or
 * VMM_EXTENT_NONE. Waits while threads that are purging hold free pages back;
 * the lock is released then.
 */
static size_t
alloc_pages(size_t n, size_t align, unsigned int flags)
{
	size_t page = VMM_EXTENT_NONE;

	VMM_ASSERT(vmm_lock_is_mine());
	if (flags & VMMALLOC_EXTENT_GROWING)
		page = vmm_pages_alloc_growing(pool, n, align);
	if (page != VMM_EXTENT_NONE)
		return page;
	while ((page = vmm_pages_alloc(pool, n, align)) == VMM_EXTENT_NONE &&
		idle.n_purging > 0)
		vmm_lock_wait();
	return page;
}

/*
 * Commits pages that are in no free extent. At the limit, what other free
 * extents hold is released first. Free memory of the backend's own is not: the
 * backend may be in the middle of a change.
 */
static int
commit_pages(size_t page, size_t n, bool *is_zero)
{
	if (vmm_pool_commit(pool, page, n, is_zero) == 0)
		return 0;
	if (pool->budget == NULL ||
		vmm_idle_purge(&idle, pool,
			pool->committed_pages - pool->used_pages, 1) == 0)
		return -1;
	return vmm_pool_commit(pool, page, n, is_zero);
}

static void *
extent_alloc(void *addr, size_t size, size_t alignment, unsigned int flags,
	bool *is_zero)
{
	size_t n = size / pool->page_size;
	size_t align = alignment / pool->page_size;
	bool is_fresh = false;
	size_t page, dirty, dirty_end;

	if (size == 0 || size % pool->page_size != 0)
		goto out_enomem;
	vmm_lock_begin_work();
	if (addr == NULL) {
		page = alloc_pages(n, align > 1 ? align : 1, flags);
	} else {
		page = page_of(addr);
		if (!is_range_valid(addr, size) ||
			!vmm_pages_alloc_at(pool, page, n))
			page = VMM_EXTENT_NONE;
	}
	if (page == VMM_EXTENT_NONE)
		goto out_unlock;
	find_dirty(page, n, &dirty, &dirty_end);
	if (!(flags & VMMALLOC_EXTENT_NOCOMMIT) &&
		commit_pages(page, n, &is_fresh) != 0) {
		vmm_pages_free(pool, page, page + n);
		goto out_unlock;
	}
	look_after_idle(true);
	vmm_lock_end_work();
	addr = pool->base + page * pool->page_size;
	if ((flags & VMMALLOC_EXTENT_ZERO) && !is_fresh) {
		memset(pool->base + dirty * pool->page_size, 0,
			(dirty_end - dirty) * pool->page_size);
		is_fresh = true;
	}
	if (is_zero != NULL)
		*is_zero = is_fresh;
	return addr;

out_unlock:
	vmm_lock_end_work();
out_enomem:
	errno = ENOMEM;
	return NULL;
}

static void
extent_free(void *addr, size_t size)
{
	int err = errno;

	if (!is_range_valid(addr, size))
		vmm_fatal("heap backend freed a range that is not in the pool "
			  "(%p, %zu bytes)",
			addr, size);
	vmm_lock_begin_work();
	vmm_pages_free(
		pool, page_of(addr), page_of(addr) + size / pool->page_size);
	look_after_idle(true);
	vmm_lock_end_work();
	errno = err;
}

static int
lock_and_commit(size_t page, size_t n)
{
	int r;

	vmm_lock_begin_work();
	r = commit_pages(page, n, NULL);
	vmm_lock_end_work();
	return r;
}

static int
commit(void *addr, size_t size)
{
	if (!is_range_valid(addr, size)) {
		errno = ENOMEM;
		return -1;
	}
	return lock_and_commit(page_of(addr), size / pool->page_size);
}

static int
purge(void *addr, size_t size)
{
	int err = errno;
	int r;

	if (!is_range_valid(addr, size))
		return -1;
	vmm_lock_begin_work();
	r = vmm_pool_purge(pool, page_of(addr), size / pool->page_size);
	vmm_lock_end_work();
	errno = err;
	return r;
}

int
vmm_host_commit_bootstrap(char *from, char *to)
{
	size_t first = page_of(from);
	size_t end = page_of(to - 1) + 1;

	return lock_and_commit(first, end - first);
}

static void
tick(void)
{
	int err = errno;

	/* a thread that holds the lock does it */
	if (!vmm_lock_try_begin_work())
		return;
	look_after_idle(false);
	vmm_lock_end_work();
	errno = err;
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

void
vmm_host_adopted(void)
{
	idle.least = pool->committed_pages - pool->used_pages;
}

bool
vmm_host_trim(size_t run_min)
{
	bool was_any;

	vmm_lock_begin_work();
	was_any = vmm_idle_purge(&idle, pool,
			  pool->committed_pages - pool->used_pages,
			  run_min / pool->page_size) > 0;
	vmm_pool_collect(pool);
	vmm_lock_end_work();
	return was_any;
}

bool
vmm_host_trim_batch(void)
{
	bool is_more;

	vmm_lock_begin_work();
	is_more = vmm_idle_purge_batch(&idle, pool);
	vmm_lock_end_work();
	return is_more;
}

void
vmm_host_forked(void)
{
	vmm_host_watch.process = getpid();
	vmm_host_watch.is_watched = false;
}

void
vmm_host_get_stats(struct vmm_host_stats *stats)
{
	size_t page_size = pool->page_size;

	vmm_lock_acquire();
	*stats = (struct vmm_host_stats){
		.pool_size = pool->size,
		.committed = pool->committed_pages * page_size,
		.committed_peak = pool->committed_peak * page_size,
		.purged = pool->purged_pages * page_size,
		.free = pool->free.total * page_size,
		.idle = (pool->committed_pages - pool->used_pages) * page_size,
		.ahead =
			(pool->committed_pages - pool->dirty_pages) * page_size,
		.commit_calls = pool->commit_calls,
		.purge_calls = pool->purge_calls,
	};
	vmm_lock_release();
}

void
vmm_host_init(struct vmm_pool *the_pool)
{
	void *nodes = vmm_os_map_anon(vmm_extent_set_bytes(the_pool->pages));

	if (nodes == NULL)
		vmm_fatal("no memory for the metadata of a pool of %zu bytes",
			the_pool->size);
	pool = the_pool;
	vmm_host_forked();
	vmm_extent_set_init(&pool->free, nodes);
	host.table = (struct vmmalloc_host){
		.struct_size = sizeof(host.table),
		.abi_major = VMMALLOC_BACKEND_ABI_MAJOR,
		.abi_minor = VMMALLOC_BACKEND_ABI_MINOR,
		.pool_base = pool->base,
		.pool_size = pool->size,
		.page_size = pool->page_size,
		.huge_page_size = pool->huge_page_size,
		.extent_alloc = extent_alloc,
		.extent_free = extent_free,
		.commit = commit,
		.purge = purge,
		.thread_attach = vmm_thread_attach,
		.tick = tick,
		.log = log_text,
		.fatal = fatal,
		.clock_ms = vmm_os_clock_ms,
	};
}

void
vmm_host_seal(void)
{
	vmm_os_seal(&host);
}

void
vmm_host_add(size_t first, size_t last)
{
	vmm_lock_acquire();
	vmm_pages_free(pool, first, last);
	vmm_lock_release();
}

VMM_EXPORT const struct vmmalloc_host *
vmmalloc_host_get(void)
{
	return pool != NULL ? &host.table : NULL;
}
