/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The jemalloc backend: the system's own libjemalloc, on the pool through
 * extent hooks. The program's calls go straight into jemalloc.
 */
#include "config.h"

#include "backends/jemalloc/internal.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct vmmalloc_host *vmm_jemalloc_host;
size_t vmm_jemalloc_page_size;

/*
 * jemalloc reads this when it is loaded; the user's MALLOC_CONF is read later
 * and overrides it. Extents are returned to the core instead of a list in each
 * arena, because all arenas share the pool, which does not grow. Blocks of more
 * than 8 MiB get no arena of their own, because it would return each of them at
 * once. (Before 5.2 there is no such arena, and jemalloc would complain about
 * the option.)
 */
#if JEMALLOC_VERSION_MAJOR > 5 || JEMALLOC_VERSION_MINOR >= 2
#define OPTIONS "retain:false,oversize_threshold:0"
#else
#define OPTIONS "retain:false"
#endif
__attribute__((visibility("default"))) const char *je_malloc_conf = OPTIONS;

/* jemalloc's realloc (5.3.0) does not set errno. */
static void *
reallocate(void *ptr, size_t size)
{
	ptr = vmm_jemalloc.realloc(ptr, size);
	if (__builtin_expect(ptr == NULL, 0))
		errno = ENOMEM;
	return ptr;
}

static size_t
good_size(size_t alignment, size_t size)
{
	return vmm_jemalloc.nallocx(size != 0 ? size : 1,
		MALLOCX_LG_ALIGN(__builtin_ctzl(alignment)));
}

static bool
purge(void)
{
	size_t freed = vmm_jemalloc_freed_bytes();

	vmm_jemalloc.mallctl("thread.tcache.flush", NULL, NULL, NULL, 0);
	vmm_jemalloc_purge_arenas();
	return vmm_jemalloc_freed_bytes() != freed;
}

static int
stats(struct vmmalloc_backend_stats *stats)
{
	uint64_t epoch = 1;
	size_t size = sizeof(epoch);

	if (stats->struct_size < sizeof(*stats) ||
		!vmm_jemalloc_get_bool("config.stats", false))
		return -1;
	vmm_jemalloc.mallctl("epoch", &epoch, &size, &epoch, size);
	stats->allocated = vmm_jemalloc_get_size("stats.allocated", 0);
	stats->active = vmm_jemalloc_get_size("stats.active", 0);
	stats->metadata = vmm_jemalloc_get_size("stats.metadata", 0);
	return 0;
}

/* Ends the process if this jemalloc cannot work on this pool. */
static void
check_library(const char *missing)
{
	size_t page_size = vmm_jemalloc_host->page_size;
	char text[160];

	if (missing != NULL) {
		snprintf(text, sizeof(text),
			"jemalloc: its library has no function %s", missing);
		vmm_jemalloc_host->fatal(text);
	}
	if (atoi(vmm_jemalloc_version()) < 5) {
		snprintf(text, sizeof(text),
			"jemalloc: version 5.0 or later is needed, not %s",
			vmm_jemalloc_version());
		vmm_jemalloc_host->fatal(text);
	}
	vmm_jemalloc_page_size =
		vmm_jemalloc_get_size("arenas.page", page_size);
	if (vmm_jemalloc_page_size % page_size != 0) {
		snprintf(text, sizeof(text),
			"jemalloc: its pages of %zu bytes do not fit the "
			"pool's of %zu",
			vmm_jemalloc_page_size, page_size);
		vmm_jemalloc_host->fatal(text);
	}
	if (vmm_jemalloc_get_bool("opt.xmalloc", false))
		vmm_jemalloc_host->fatal("jemalloc: xmalloc:true does not "
					 "work with a pool; take it out of "
					 "MALLOC_CONF");
}

static int
init(const struct vmmalloc_host *host, struct vmmalloc_backend *self)
{
	vmm_jemalloc_host = host;
	check_library(vmm_jemalloc_find(self));
	vmm_jemalloc_drop_messages();
	if (vmm_jemalloc.nallocx != NULL)
		self->good_size = good_size;
	vmm_jemalloc_hook_arenas();
	vmm_jemalloc_check_calloc(self);
	return 0;
}

/*
 * The malloc family below is libvmmalloc's own: placeholders, which init
 * replaces by jemalloc's functions. free_sized is not set, so that free is
 * called: jemalloc's sdallocx takes the size for more than a hint, and the
 * block's alignment is not known here.
 */
__attribute__((visibility("default")))
const struct vmmalloc_backend vmmalloc_backend = {
	.struct_size = sizeof(vmmalloc_backend),
	.abi_major = VMMALLOC_BACKEND_ABI_MAJOR,
	.abi_minor = VMMALLOC_BACKEND_ABI_MINOR,
	.name = "jemalloc",
	.version = PACKAGE_VERSION,
	.init = init,
	.malloc = malloc,
	.free = free,
	.calloc = calloc,
	.realloc = reallocate,
	.memalign = aligned_alloc,
	.usable_size = malloc_usable_size,
	.library_version = vmm_jemalloc_version,
	.fork_child = vmm_jemalloc_fork_child,
	.purge = purge,
	.stats = stats,
	.ctl = vmm_jemalloc_ctl,
	.thread_reserve = vmm_jemalloc_thread_reserve,
	.thread_unreserve = vmm_jemalloc_thread_unreserve,
	.thread_start = vmm_jemalloc_thread_start,
};
