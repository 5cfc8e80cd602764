/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory for the caches of new threads. jemalloc gives a thread its cache in
 * the thread's first allocation, in a block of arena 0. If there is no memory
 * for that block, versions before 5.3.1 continue without it, and crash. So an
 * extent for it is reserved before a thread is created, and the thread gets its
 * cache before it runs any code of the program. A few spare extents serve
 * threads that are created without the knowledge of libvmmalloc.
 *
 * All these extents have the same size, that of the block and what jemalloc
 * adds to it. A request for one is recognized by this size, by arena 0 and by a
 * thread that is new.
 */
#include "config.h"

#include "backends/jemalloc/internal.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define SPARES_MAX 4u
#define SPARES_PART 256u /* spares take about this part of the pool at most */

static size_t extent_size;	  /* in bytes; 0: threads have no caches */
static void *spares[SPARES_MAX];  /* each atomic; NULL: none */
static unsigned int n_spares_max; /* as many as fit this pool */

static _Thread_local struct {
	void *reserved; /* the extent for this thread's cache; NULL: none */
	bool is_known;	/* the thread has its cache */
} this_thread VMM_MODULE_TLS;

static bool
is_of_tcache(size_t size, unsigned int arena)
{
	return arena == 0 && size == extent_size;
}

/* Gives a used extent, or NULL, the state that the hook was asked for. */
static void *
prepare(void *extent, bool *zero, bool *commit)
{
	if (extent != NULL) {
		if (*zero)
			memset(extent, 0, extent_size);
		*commit = true;
	}
	return extent;
}

static void *
new_extent(void)
{
	int err = errno;
	void *extent =
		vmm_jemalloc_host->extent_alloc(NULL, extent_size, 0, 0, NULL);

	errno = err;
	return extent;
}

bool
vmm_jemalloc_tcache_keep(void *extent, size_t size)
{
	if (size != extent_size)
		return false;
	for (unsigned int i = 0; i < n_spares_max; i++) {
		void *none = NULL;

		if (__atomic_load_n(&spares[i], __ATOMIC_RELAXED) == NULL &&
			__atomic_compare_exchange_n(&spares[i], &none, extent,
				false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return true;
	}
	return false;
}

static void
fill_spares(void)
{
	for (unsigned int i = 0; i < n_spares_max; i++) {
		void *extent;

		if (__atomic_load_n(&spares[i], __ATOMIC_RELAXED) != NULL)
			continue;
		extent = new_extent();
		if (extent == NULL)
			return;
		if (!vmm_jemalloc_tcache_keep(extent, extent_size))
			vmm_jemalloc_host->extent_free(extent, extent_size);
	}
}

void
vmm_jemalloc_tcache_learn(size_t size)
{
	extent_size = size;
}

void
vmm_jemalloc_tcache_init(void)
{
	this_thread.is_known = true;
	if (extent_size == 0)
		return;
	n_spares_max = (unsigned int)(vmm_jemalloc_host->pool_size /
		SPARES_PART / extent_size);
	if (n_spares_max < 1)
		n_spares_max = 1;
	if (n_spares_max > SPARES_MAX)
		n_spares_max = SPARES_MAX;
	fill_spares();
}

void *
vmm_jemalloc_tcache_reserved(
	size_t size, bool *zero, bool *commit, unsigned int arena)
{
	void *extent = NULL;

	if (is_of_tcache(size, arena)) {
		extent = this_thread.reserved;
		this_thread.reserved = NULL;
	}
	return prepare(extent, zero, commit);
}

void *
vmm_jemalloc_tcache_spare(
	size_t size, bool *zero, bool *commit, unsigned int arena)
{
	void *extent = NULL;

	if (this_thread.is_known || !is_of_tcache(size, arena))
		return NULL;
	for (unsigned int i = 0; extent == NULL && i < n_spares_max; i++)
		extent =
			__atomic_exchange_n(&spares[i], NULL, __ATOMIC_ACQ_REL);
	return prepare(extent, zero, commit);
}

void
vmm_jemalloc_tcache_is_there(void)
{
	this_thread.is_known = true;
}

/*
 * If jemalloc retains, the free memory of a full pool belongs to its arenas.
 * Then a block of arena 0 is reserved, and freed just before the cache is
 * allocated. Only in this case can another thread take the memory first. The
 * lowest bit of the pointer marks such a block.
 */
static void *
reserve_block(void)
{
	void *block = NULL;

	if (vmm_jemalloc_is_retaining())
		block = vmm_jemalloc.mallocx(
			extent_size, MALLOCX_ARENA(0) | MALLOCX_TCACHE_NONE);
	return block != NULL ? (char *)block + 1 : NULL;
}

/* Frees a block; false if it is an extent, or NULL. */
static bool
unreserve_block(void *reserved)
{
	if (((uintptr_t)reserved & 1) == 0)
		return false;
	vmm_jemalloc.dallocx((char *)reserved - 1, MALLOCX_TCACHE_NONE);
	return true;
}

int
vmm_jemalloc_thread_reserve(void **reserved)
{
	*reserved = NULL;
	if (extent_size == 0)
		return 0;
	*reserved = new_extent();
	if (*reserved == NULL && vmm_jemalloc_purge_for_room())
		*reserved = new_extent();
	if (*reserved == NULL)
		*reserved = reserve_block();
	return *reserved != NULL ? 0 : -1;
}

void
vmm_jemalloc_thread_unreserve(void *reserved)
{
	if (!unreserve_block(reserved) && reserved != NULL)
		vmm_jemalloc_host->extent_free(reserved, extent_size);
}

void
vmm_jemalloc_thread_start(void *reserved)
{
	void *block;

	if (!unreserve_block(reserved))
		this_thread.reserved = reserved;
	/* any allocation gives the thread its cache, even one that fails */
	block = vmm_jemalloc.mallocx(1, 0);
	if (block != NULL)
		vmm_jemalloc.dallocx(block, 0);
	vmm_jemalloc_thread_unreserve(this_thread.reserved);
	this_thread.reserved = NULL;
	this_thread.is_known = true;
	if (extent_size != 0)
		fill_spares();
}
