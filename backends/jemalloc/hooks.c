/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * jemalloc's extent hooks, on the core's extents. Any thread calls them, under
 * jemalloc's locks. They do not allocate, and they preserve errno, because
 * free() must not change it and jemalloc sets it itself elsewhere.
 *
 * The purge hooks are not set: a purged range must stay usable, which in a pool
 * needs a commit that can fail. Nothing is lost: dalloc returns extents that
 * have decayed to the core, which decides when to purge; if jemalloc retains
 * extents, decommit purges them.
 */
#include "config.h"

#include "backends/jemalloc/internal.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>

static enum vmm_jemalloc_source source;
static size_t freed_bytes; /* atomic */
static bool is_retaining;

/*
 * Metadata of the arenas: only address space until it is touched, and in DRAM
 * whatever the pool is made of, like the metadata of arena 0, which jemalloc
 * allocates before it can be given hooks. In the pool it would cost 2 MiB of
 * committed memory per arena.
 */
static struct {
	char *next;
	char *end;
} metadata;

void
vmm_jemalloc_reserve_metadata(unsigned int n)
{
	size_t unit = vmm_jemalloc_host->huge_page_size;
	/* one unit per arena, four for the index over the pool, one to align */
	size_t size = ((size_t)n + 4 + 1) * unit;
	char *start = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (start == MAP_FAILED)
		return; /* the pool is used instead */
	madvise(start, size, MADV_NOHUGEPAGE);
	metadata.next = start;
	metadata.end = start + size;
}

static void *
metadata_alloc(size_t size, size_t alignment)
{
	uintptr_t next = ((uintptr_t)metadata.next + alignment - 1) &
		~((uintptr_t)alignment - 1);

	if (next > (uintptr_t)metadata.end ||
		(uintptr_t)metadata.end - next < size)
		return NULL;
	metadata.next = (char *)next + size;
	return (void *)next;
}

void
vmm_jemalloc_set_source(enum vmm_jemalloc_source new_source)
{
	source = new_source;
	is_retaining = vmm_jemalloc_get_bool("opt.retain", false);
}

bool
vmm_jemalloc_is_retaining(void)
{
	return is_retaining;
}

size_t
vmm_jemalloc_freed_bytes(void)
{
	return __atomic_load_n(&freed_bytes, __ATOMIC_RELAXED);
}

static bool
is_in_pool(const void *addr)
{
	return (uintptr_t)addr - (uintptr_t)vmm_jemalloc_host->pool_base <
		vmm_jemalloc_host->pool_size;
}

static void *
pool_alloc(
	void *new_addr, size_t size, size_t alignment, bool *zero, bool *commit)
{
	unsigned int flags = *zero ? VMMALLOC_EXTENT_ZERO : 0;
	int err = errno;
	bool is_zero;
	void *addr;

	/*
	 * Committed even if jemalloc does not ask for it: jemalloc assumes that
	 * what it commits later reads as zeroes.
	 */
	addr = vmm_jemalloc_host->extent_alloc(
		new_addr, size, alignment, flags, &is_zero);
	errno = err;
	if (addr == NULL)
		return NULL;
	*commit = true;
	*zero = is_zero;
	return addr;
}

static pthread_mutex_t purge_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int purges_begun; /* changed with the lock held; atomic */

/*
 * Purges what arenas cache; true if anything was freed. begun is the value of
 * purges_begun before the caller found the pool full. If another thread has
 * begun a purge since, this thread only waits on purge_lock until that purge is
 * done, and does not purge again. A thread that is already purging gets false
 * at once.
 */
static bool
purge_since(unsigned int begun)
{
	static _Thread_local bool is_purging VMM_MODULE_TLS;
	size_t freed = vmm_jemalloc_freed_bytes();

	if (is_purging)
		return false;
	is_purging = true;
	pthread_mutex_lock(&purge_lock);
	if (purges_begun == begun) {
		__atomic_fetch_add(&purges_begun, 1, __ATOMIC_RELAXED);
		vmm_jemalloc_purge_arenas();
	} else {
		freed = 0;
	}
	pthread_mutex_unlock(&purge_lock);
	is_purging = false;
	return vmm_jemalloc_freed_bytes() != freed;
}

bool
vmm_jemalloc_purge_for_room(void)
{
	return purge_since(__atomic_load_n(&purges_begun, __ATOMIC_RELAXED));
}

void
vmm_jemalloc_fork_child(void)
{
	pthread_mutex_init(&purge_lock, NULL);
}

/*
 * Freed extents that an arena caches are of no use to other arenas, nor to the
 * arena itself if it considers them too large to split; jemalloc relies on a
 * system that has more memory. So if the pool is full, all of them are purged
 * first. jemalloc holds no lock here that a purge acquires, except when it
 * allocates metadata, which has the alignment of a huge page, and when it grows
 * what it retains, because a library that the program links has retain:true. In
 * these cases there is no purge.
 */
static void *
pool_alloc_or_purge(
	void *new_addr, size_t size, size_t alignment, bool *zero, bool *commit)
{
	unsigned int begun = __atomic_load_n(&purges_begun, __ATOMIC_RELAXED);
	void *addr = pool_alloc(new_addr, size, alignment, zero, commit);

	if (addr != NULL || new_addr != NULL || is_retaining ||
		alignment >= vmm_jemalloc_host->huge_page_size ||
		size > vmm_jemalloc_host->pool_size || !purge_since(begun))
		return addr;
	return pool_alloc(new_addr, size, alignment, zero, commit);
}

/*
 * The same, but the cache of a new thread gets the extent that is reserved for
 * it, or a spare one if the pool is full.
 */
static void *
heap_alloc(void *new_addr, size_t size, size_t alignment, bool *zero,
	bool *commit, unsigned int arena)
{
	void *addr;

	if (new_addr != NULL || alignment > vmm_jemalloc_page_size)
		return pool_alloc_or_purge(
			new_addr, size, alignment, zero, commit);
	addr = vmm_jemalloc_tcache_reserved(size, zero, commit, arena);
	if (addr == NULL)
		addr = pool_alloc_or_purge(NULL, size, alignment, zero, commit);
	if (addr == NULL)
		addr = vmm_jemalloc_tcache_spare(size, zero, commit, arena);
	vmm_jemalloc_tcache_is_there();
	return addr;
}

static void *
hook_alloc(extent_hooks_t *hooks, void *new_addr, size_t size, size_t alignment,
	bool *zero, bool *commit, unsigned int arena)
{
	void *addr;

	(void)hooks;
	if (__builtin_expect(source == VMM_JEMALLOC_POOL, 1))
		return heap_alloc(
			new_addr, size, alignment, zero, commit, arena);

	/* so far only blocks of metadata are aligned to more than a page */
	if (alignment > vmm_jemalloc_page_size) {
		addr = metadata_alloc(size, alignment);
		if (addr != NULL) {
			*zero = *commit = true;
			return addr;
		}
	} else if (source == VMM_JEMALLOC_DRAIN) {
		return NULL;
	} else if (source == VMM_JEMALLOC_TCACHE) {
		/* a library that retains first asks for more than it needs */
		if (size >= vmm_jemalloc_host->huge_page_size)
			return NULL;
		if (arena == 0)
			vmm_jemalloc_tcache_learn(size);
	}
	return pool_alloc(new_addr, size, alignment, zero, commit);
}

static void
pool_free(void *addr, size_t size)
{
	/* what jemalloc mapped before it was hooked must not be used again */
	if (!is_in_pool(addr) || vmm_jemalloc_tcache_keep(addr, size))
		return;
	vmm_jemalloc_host->extent_free(addr, size);
	__atomic_fetch_add(&freed_bytes, size, __ATOMIC_RELAXED);
}

static bool
hook_dalloc(extent_hooks_t *hooks, void *addr, size_t size, bool committed,
	unsigned int arena)
{
	(void)hooks;
	(void)committed;
	(void)arena;
	/*
	 * If jemalloc retains, it merges an extent with a neighbour without
	 * checking whose arena that is in, only whether it was allocated as
	 * one. So no part of what an arena got may ever go to another one.
	 * Decommit returns the backing memory.
	 */
	if (is_retaining && is_in_pool(addr))
		return true;
	pool_free(addr, size);
	return false;
}

/* Frees an extent that a destroyed arena had retained. */
static void
hook_destroy(extent_hooks_t *hooks, void *addr, size_t size, bool committed,
	unsigned int arena)
{
	(void)hooks;
	(void)committed;
	(void)arena;
	pool_free(addr, size);
}

static bool
hook_commit(extent_hooks_t *hooks, void *addr, size_t size, size_t offset,
	size_t length, unsigned int arena)
{
	int err = errno;
	int r;

	(void)hooks;
	(void)size;
	(void)arena;
	r = vmm_jemalloc_host->commit((char *)addr + offset, length);
	errno = err;
	return r != 0;
}

static bool
hook_decommit(extent_hooks_t *hooks, void *addr, size_t size, size_t offset,
	size_t length, unsigned int arena)
{
	(void)hooks;
	(void)size;
	(void)arena;
	return !is_in_pool(addr) ||
		vmm_jemalloc_host->purge((char *)addr + offset, length) != 0;
}

static bool
hook_split(extent_hooks_t *hooks, void *addr, size_t size, size_t size_a,
	size_t size_b, bool committed, unsigned int arena)
{
	(void)hooks;
	(void)addr;
	(void)size;
	(void)size_a;
	(void)size_b;
	(void)committed;
	(void)arena;
	return false;
}

static bool
hook_merge(extent_hooks_t *hooks, void *addr_a, size_t size_a, void *addr_b,
	size_t size_b, bool committed, unsigned int arena)
{
	(void)hooks;
	(void)size_a;
	(void)size_b;
	(void)committed;
	(void)arena;
	return is_in_pool(addr_a) != is_in_pool(addr_b);
}

extent_hooks_t vmm_jemalloc_hooks = {
	.alloc = hook_alloc,
	.dalloc = hook_dalloc,
	.destroy = hook_destroy,
	.commit = hook_commit,
	.decommit = hook_decommit,
	.split = hook_split,
	.merge = hook_merge,
};
