/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Puts all arenas on the pool before the program's first allocation. An arena
 * that does not exist yet is created by setting its hooks. Arena 0 exists, and
 * others may exist if the program links jemalloc itself: the ordinary memory
 * that they hold is taken out of circulation here, so that no block of the
 * program comes from it later. This works with any value of retain and of
 * oversize_threshold, which the program's own malloc_conf may have set.
 */
#include "config.h"

#include "backends/jemalloc/internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Largest block that is tried; several of them use up a larger free extent. */
#define DRAIN_MAX ((size_t)1 << 30)

/* Ends the process, because the hooks of an arena cannot be set. */
static void
refuse_arena(unsigned int arena, unsigned int n)
{
	char text[160];

	snprintf(text, sizeof(text),
		"jemalloc: arena %u of %u cannot be put on the pool; set a "
		"smaller narenas in MALLOC_CONF",
		arena, n);
	vmm_jemalloc_host->fatal(text);
}

static int
set_hooks(unsigned int arena)
{
	extent_hooks_t *hooks = &vmm_jemalloc_hooks;
	char name[64];

	snprintf(name, sizeof(name), "arena.%u.extent_hooks", arena);
	return vmm_jemalloc.mallctl(name, NULL, NULL, &hooks, sizeof(hooks));
}

static bool
is_initialized(unsigned int arena)
{
	char name[64];

	snprintf(name, sizeof(name), "arena.%u.initialized", arena);
	return vmm_jemalloc_get_bool(name, true);
}

/*
 * Allocates every block of this size that the arena can provide; none is freed.
 */
static void
drain_size(unsigned int arena, size_t size)
{
	while (vmm_jemalloc.mallocx(size,
		       MALLOCX_ARENA(arena) | MALLOCX_TCACHE_NONE) != NULL)
		;
}

/*
 * Allocates large blocks first, then the rest of each extent as slabs. The
 * arena has hooks by now; until the drain ends they provide no memory but
 * metadata.
 */
static void
drain(unsigned int arena)
{
	unsigned int n = vmm_jemalloc_get_unsigned("arenas.nbins", 0);
	char name[64];
	size_t size;

	vmm_jemalloc_set_source(VMM_JEMALLOC_DRAIN);
	for (size = DRAIN_MAX; size >= vmm_jemalloc_page_size; size /= 2)
		drain_size(arena, size);
	for (unsigned int i = n; i-- > 0;) {
		snprintf(name, sizeof(name), "arenas.bin.%u.size", i);
		size = vmm_jemalloc_get_size(name, 0);
		if (size != 0)
			drain_size(arena, size);
	}
	vmm_jemalloc_set_source(VMM_JEMALLOC_METADATA);
}

/* True if the arena had memory, which is drained. */
static bool
hook_arena(unsigned int arena, unsigned int n)
{
	bool had_memory = is_initialized(arena);

	if (!had_memory && set_hooks(arena) == 0)
		return false;
	if (!had_memory) {
		/*
		 * The arena for oversize blocks, and every arena of jemalloc
		 * 5.0, must exist before its hooks can be set: allocating a
		 * block creates it.
		 */
		void *ptr = vmm_jemalloc.mallocx(
			1, MALLOCX_ARENA(arena) | MALLOCX_TCACHE_NONE);

		if (ptr == NULL)
			refuse_arena(arena, n);
		vmm_jemalloc.dallocx(ptr, MALLOCX_TCACHE_NONE);
	}
	if (set_hooks(arena) != 0)
		refuse_arena(arena, n);
	drain(arena);
	return true;
}

/* Enables or disables this thread's cache; true if it was enabled. */
static bool
set_tcache(bool is_enabled)
{
	bool was_enabled = false;
	size_t size = sizeof(was_enabled);

	vmm_jemalloc.mallctl("thread.tcache.enabled", &was_enabled, &size,
		&is_enabled, sizeof(is_enabled));
	return was_enabled;
}

/*
 * Before 5.3 each thread keeps a small array, a block of arena 0, that has to
 * grow when the thread first uses an arena created since. This thread's grows
 * now, so that the drain finds the old one free.
 */
static void
use_other_arena(unsigned int n)
{
	extent_hooks_t *hooks = &vmm_jemalloc_hooks;
	unsigned int arena = n - 1;
	size_t size = sizeof(arena);
	void *ptr;

	if (n == 1)
		vmm_jemalloc.mallctl(
			"arenas.create", &arena, &size, &hooks, sizeof(hooks));
	ptr = vmm_jemalloc.mallocx(
		1, MALLOCX_ARENA(arena) | MALLOCX_TCACHE_NONE);
	if (ptr != NULL)
		vmm_jemalloc.dallocx(ptr, MALLOCX_TCACHE_NONE);
}

void
vmm_jemalloc_hook_arenas(void)
{
	unsigned int n = vmm_jemalloc_get_unsigned("arenas.narenas", 1);
	unsigned int n_drained = 0; /* those behind had no memory */
	int err = errno;
	/* the cache is ordinary memory of arena 0: free it before the drain */
	bool had_tcache = set_tcache(false);

	vmm_jemalloc_reserve_metadata(n);
	vmm_jemalloc_set_source(VMM_JEMALLOC_METADATA);
	for (unsigned int i = 0; i < n; i++)
		if (hook_arena(i, n))
			n_drained = i + 1;
	vmm_jemalloc_set_source(VMM_JEMALLOC_TCACHE);
	/* with 5.0, this frees a block of this thread's arena */
	set_tcache(had_tcache);
	if (strcmp(vmm_jemalloc_version(), "5.3") < 0) {
		vmm_jemalloc_set_source(VMM_JEMALLOC_POOL);
		use_other_arena(n);
	}
	for (unsigned int i = 0; i < n_drained; i++)
		drain(i);
	vmm_jemalloc_set_source(VMM_JEMALLOC_POOL);
	vmm_jemalloc_tcache_init();
	errno = err;
}
