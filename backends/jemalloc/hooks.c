/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * jemalloc's extent hooks on the core's extents. Called by any thread, under
 * jemalloc's locks. No allocation here; errno stays as it was, because free()
 * must not change it and jemalloc sets it itself elsewhere.
 *
 * The purge hooks are not set: a purged range must stay usable, which in a
 * pool needs a commit that can fail. Nothing is lost, because dalloc never
 * refuses: what decays goes back to the core, which knows when to purge.
 */
#include "config.h"

#include "backends/jemalloc/internal.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

static enum vmm_jemalloc_source source;
static size_t freed_bytes; /* atomic */
static bool is_retaining;

/*
 * Records of the arenas: address space only until they are touched, and in
 * DRAM whatever the pool is made of, as the records of arena 0 are, which
 * jemalloc makes before it can be given hooks. In the pool they would cost
 * 2 MiB of committed storage an arena.
 */
static struct {
	char *next;
	char *end;
} metadata;

void
vmm_jemalloc_reserve_metadata(unsigned int n)
{
	size_t unit = vmm_jemalloc_host->huge_page_size;
	/* a unit each, as many for the index over the pool, one to align */
	size_t size = ((size_t)n + 4 + 1) * unit;
	char *start = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (start == MAP_FAILED)
		return; /* the pool serves as well */
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
	 * Committed also where jemalloc would take less: it holds for granted
	 * that what it commits itself later reads as zeroes.
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

/*
 * Freed extents that an arena still caches are of no use to the others, nor,
 * where it thinks them too large to be cut, to itself; jemalloc counts on a
 * system that has more. So a full pool first takes them all back. jemalloc
 * lets hooks call it, and holds no lock here that a purge takes, except where
 * it allocates records (their alignment tells) and where it grows what it
 * retains (a library that the program links has retain:true).
 */
static void *
pool_alloc_or_purge(
	void *new_addr, size_t size, size_t alignment, bool *zero, bool *commit)
{
	size_t freed = vmm_jemalloc_freed_bytes();
	void *addr = pool_alloc(new_addr, size, alignment, zero, commit);

	if (addr != NULL || new_addr != NULL || is_retaining ||
		alignment >= vmm_jemalloc_host->huge_page_size ||
		size > vmm_jemalloc_host->pool_size)
		return addr;
	vmm_jemalloc_purge_arenas();
	if (vmm_jemalloc_freed_bytes() == freed)
		return NULL;
	return pool_alloc(new_addr, size, alignment, zero, commit);
}

static void *
hook_alloc(extent_hooks_t *hooks, void *new_addr, size_t size, size_t alignment,
	bool *zero, bool *commit, unsigned int arena)
{
	void *addr;

	(void)hooks;
	(void)arena;
	if (__builtin_expect(source == VMM_JEMALLOC_POOL, 1))
		return pool_alloc_or_purge(
			new_addr, size, alignment, zero, commit);

	/* blocks of records are the only ones so far with an alignment */
	if (alignment > vmm_jemalloc_page_size) {
		addr = metadata_alloc(size, alignment);
		if (addr != NULL) {
			*zero = *commit = true;
			return addr;
		}
	} else if (source == VMM_JEMALLOC_DRAIN) {
		return NULL;
	}
	return pool_alloc(new_addr, size, alignment, zero, commit);
}

static void
pool_free(void *addr, size_t size)
{
	/* what jemalloc mapped before it was hooked must not be used again */
	if (!is_in_pool(addr))
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
	 * A jemalloc that retains does not look whose arena the neighbour of
	 * an extent is in, only whether it was allocated as one: no part of
	 * what it got may ever go to another arena. The storage goes back by
	 * decommit.
	 */
	if (is_retaining && is_in_pool(addr))
		return true;
	pool_free(addr, size);
	return false;
}

/* Of an arena that is destroyed: all that it retained, to the last byte. */
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
