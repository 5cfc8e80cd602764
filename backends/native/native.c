/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The native backend: a heap for memory that is slower than DRAM. All metadata
 * is outside the pool, and a freed block is neither read nor written, so that
 * the pool sees the program's own accesses only.
 */
#include "config.h"

#include "backends/native/arena.h"
#include "backends/native/cache.h"
#include "backends/native/clock.h"
#include "backends/native/check.h"
#include "backends/native/debug.h"
#include "backends/native/extent.h"
#include "backends/native/fatal.h"
#include "backends/native/heap.h"
#include "backends/native/large.h"
#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/slab.h"
#include "backends/native/slow.h"
#include "backends/native/threads.h"
#include "vmmalloc/backend.h"

/*
 * Address space for metadata: slabs of the smallest blocks need 1.2 % of their
 * size, the stacks of a thread's cache up to 75 KiB.
 */
#define META_SHIFT 5
#define META_EXTRA ((size_t)256 << 20)

static int
init(const struct vmmalloc_host *host, struct vmmalloc_backend *self)
{
	size_t first = nat_map_memory(host) + nat_arena_memory() +
		nat_threads_memory();

	if (nat_meta_init(
		    (host->pool_size >> META_SHIFT) + META_EXTRA, first) != 0 ||
		nat_map_init(host) != 0 || nat_arena_init(host) != 0)
		return -1;
	nat_clock_init(host);
	nat_fatal_init(host);
	nat_slab_init(host);
	nat_large_init(host);
	nat_slow_init(host);
	nat_threads_init(host);
	return nat_debug_start(host, self);
}

static void
fork_prepare(void)
{
	nat_threads_lock();
	nat_arena_lock();
	nat_meta_lock();
}

static void
fork_parent(void)
{
	nat_meta_unlock();
	nat_arena_unlock();
	nat_threads_unlock();
}

static void
fork_child(void)
{
	nat_meta_unlock();
	nat_arena_unlock();
	nat_threads_unlock_child();
}

static int
stats(struct vmmalloc_backend_stats *s)
{
	size_t large = nat_extent_bytes() - nat_arena_mid_bytes();
	size_t active;
	size_t small = nat_arena_bytes(&active);

	if (s->struct_size < sizeof(*s))
		return -1;
	s->allocated = small - nat_cache_bytes() + large;
	s->active = active + large;
	s->metadata = nat_meta_bytes();
	return 0;
}

__attribute__((visibility("default")))
const struct vmmalloc_backend vmmalloc_backend = {
	.struct_size = sizeof(vmmalloc_backend),
	.abi_major = VMMALLOC_BACKEND_ABI_MAJOR,
	.abi_minor = VMMALLOC_BACKEND_ABI_MINOR,
	.name = "native",
	.version = PACKAGE_VERSION,
	.init = init,
	.malloc = nat_malloc,
	.free = nat_free,
	.calloc = nat_calloc,
	.realloc = nat_realloc,
	.memalign = nat_memalign,
	.usable_size = nat_check_usable,
	.free_sized = nat_free_sized,
	.thread_exit = nat_threads_exit,
	.fork_prepare = fork_prepare,
	.fork_parent = fork_parent,
	.fork_child = fork_child,
	.purge = nat_slow_flush,
	.stats = stats,
	.good_size = nat_good_size,
};
