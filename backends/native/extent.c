/* SPDX-License-Identifier: BSD-3-Clause */
/* Extents from the core; see extent.h. */
#include "config.h"

#include "backends/native/extent.h"
#include "base/hot.h"

#include "vmmalloc/backend.h"

static const struct vmmalloc_host *host VMM_HOT_DATA;
static size_t bytes VMM_HOT_DATA_ALONE; /* atomic */

void
nat_extent_init(const struct vmmalloc_host *the_host)
{
	host = the_host;
}

void *
nat_extent_alloc(size_t size, size_t alignment, unsigned int flags)
{
	void *extent = host->extent_alloc(NULL, size, alignment, flags, NULL);

	if (extent != NULL)
		__atomic_fetch_add(&bytes, size, __ATOMIC_RELAXED);
	return extent;
}

void
nat_extent_free(void *extent, size_t size)
{
	__atomic_fetch_sub(&bytes, size, __ATOMIC_RELAXED);
	host->extent_free(extent, size);
}

bool
nat_extent_resize(char *extent, size_t old_size, size_t size)
{
	if (size > old_size) {
		if (host->extent_alloc(extent + old_size, size - old_size, 0, 0,
			    NULL) == NULL)
			return false;
	} else if (size < old_size) {
		host->extent_free(extent + size, old_size - size);
	}
	__atomic_fetch_add(&bytes, size - old_size, __ATOMIC_RELAXED);
	return true;
}

size_t
nat_extent_bytes(void)
{
	return __atomic_load_n(&bytes, __ATOMIC_RELAXED);
}
