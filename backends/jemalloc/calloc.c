/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * calloc for versions of jemalloc whose own does not work in a pool. Before 5.2
 * jemalloc calls madvise(MADV_DONTNEED) to zero a large block that it reuses,
 * whatever its hooks are. This does not zero a shared mapping: the program
 * would get the old contents.
 */
#include "config.h"

#include "backends/jemalloc/internal.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

/* More than a thread caches by default, and than any block of a slab. */
#define PROBE_SIZE ((size_t)256 << 10)

static void *(*allocate)(size_t size);

static void *
allocate_zeroed(size_t nmemb, size_t size)
{
	void *ptr;

	if (__builtin_mul_overflow(nmemb, size, &size)) {
		errno = ENOMEM;
		return NULL;
	}
	ptr = allocate(size);
	if (ptr != NULL)
		memset(ptr, 0, size);
	return ptr;
}

/* Whether a zeroed block that reuses memory still has its old contents. */
static bool
leaves_dirt(void)
{
	unsigned char *ptr = (unsigned char *)vmm_jemalloc.mallocx(
		PROBE_SIZE, MALLOCX_TCACHE_NONE);
	bool is_dirty = false;

	if (ptr == NULL)
		return true;
	memset(ptr, 0xa5, PROBE_SIZE);
	vmm_jemalloc.dallocx(ptr, MALLOCX_TCACHE_NONE);
	ptr = (unsigned char *)vmm_jemalloc.mallocx(
		PROBE_SIZE, MALLOCX_TCACHE_NONE | MALLOCX_ZERO);
	if (ptr == NULL)
		return true;
	for (size_t i = 0; i < PROBE_SIZE && !is_dirty; i++)
		is_dirty = ptr[i] != 0;
	vmm_jemalloc.dallocx(ptr, MALLOCX_TCACHE_NONE);
	return is_dirty;
}

void
vmm_jemalloc_check_calloc(struct vmmalloc_backend *self)
{
	/* known to be good, and not worth a probe at each start */
	if (strcmp(vmm_jemalloc_version(), "5.3") >= 0 || !leaves_dirt())
		return;
	allocate = self->malloc;
	self->calloc = allocate_zeroed;
}
