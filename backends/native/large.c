/* SPDX-License-Identifier: BSD-3-Clause */
/* Large blocks; see large.h. */
#include "config.h"

#include "backends/native/large.h"

#include "backends/native/cache.h"
#include "backends/native/extent.h"
#include "backends/native/map.h"
#include "backends/native/mid.h"
#include "backends/native/size_class.h"
#include "backends/native/threads.h"
#include "base/hot.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <string.h>

/* A large block that shrinks by more than this part of it returns the rest. */
#define SHRINK_SHIFT 3

/*
 * Smaller blocks do not grow in place beyond their class: copying them takes
 * less time than a call of the core may take, whose lock all threads share.
 */
#define GROW_IN_PLACE_MIN ((size_t)128 << 10)

static const struct vmmalloc_host *host VMM_HOT_DATA;

void
nat_large_init(const struct vmmalloc_host *the_host)
{
	host = the_host;
	nat_extent_init(host);
}

/*
 * Rounds up to whole pages, at least NAT_UNIT bytes. False with ENOMEM if size
 * is too large.
 */
static bool
round_to_pages(size_t size, size_t *rounded)
{
	if (size < NAT_UNIT)
		size = NAT_UNIT;
	if (__builtin_add_overflow(size, host->page_size - 1, rounded) ||
		size > PTRDIFF_MAX) {
		errno = ENOMEM;
		return false;
	}
	*rounded &= ~(host->page_size - 1);
	return true;
}

static void
set_size(void *ptr, size_t size)
{
	*nat_map_word(ptr) = (uint32_t)(size >> NAT_PAGE_SHIFT);
}

static void *
alloc_mid(unsigned int cls, size_t size, size_t alignment, unsigned int flags)
{
	const struct nat_cache *cache = nat_threads_cache();
	unsigned int tag = cache != NULL ? cache->tag : 0;
	void *ptr = NULL;

	if (alignment <= host->page_size)
		ptr = nat_mid_pop(&nat_mids[nat_tag_arena(tag)], &cls);
	if (ptr == NULL)
		ptr = nat_extent_alloc(nat_class_size(cls), alignment, flags);
	else if (flags & VMMALLOC_EXTENT_ZERO)
		memset(ptr, 0, size);
	if (ptr != NULL)
		nat_map_set_tag(ptr, tag + cls);
	return ptr;
}

void *
nat_large_alloc(size_t size, size_t alignment, unsigned int flags)
{
	size_t rounded;
	void *ptr;

	if (size > NAT_SMALL_MAX && size <= NAT_MID_MAX) {
		unsigned int cls = nat_mid_class(size);

		ptr = cls != NAT_CLASS_LARGE
			? alloc_mid(cls, size, alignment, flags)
			: NULL;
		/* otherwise try without the rounding to a class */
		if (ptr != NULL)
			return ptr;
	}
	if (!round_to_pages(size, &rounded))
		return NULL;
	ptr = nat_extent_alloc(rounded, alignment, flags);
	if (ptr == NULL)
		return NULL;
	set_size(ptr, rounded);
	nat_map_set_tag(ptr, NAT_CLASS_LARGE);
	return ptr;
}

bool
nat_large_is_possible(size_t size)
{
	return size <= host->pool_size;
}

size_t
nat_large_good_size(size_t size)
{
	size_t rounded;
	int err = errno;

	if (size > NAT_SMALL_MAX && size <= NAT_MID_MAX &&
		nat_mid_class(size) != NAT_CLASS_LARGE)
		return nat_class_size(nat_mid_class(size));
	if (round_to_pages(size, &rounded))
		return rounded;
	errno = err;
	return 0;
}

size_t
nat_large_usable_size(const void *ptr)
{
	return (size_t)*nat_map_word(ptr) << NAT_PAGE_SHIFT;
}

void
nat_large_free(void *ptr, unsigned int tag)
{
	unsigned int cls = nat_tag_class(tag);
	size_t size;

	if (cls == NAT_CLASS_LARGE) {
		size = nat_large_usable_size(ptr);
		set_size(ptr, 0);
	} else {
		if (nat_mid_push(&nat_mids[nat_tag_arena(tag)], cls, ptr))
			return;
		size = nat_class_size(cls);
	}
	nat_extent_free(ptr, size);
}

bool
nat_large_resize(void *ptr, size_t size)
{
	unsigned int tag = nat_map_tag(ptr);
	unsigned int cls = nat_tag_class(tag);
	unsigned int new_class = NAT_CLASS_LARGE;
	size_t old = cls == NAT_CLASS_LARGE ? nat_large_usable_size(ptr)
					    : nat_class_size(cls);
	size_t rounded;

	if (size <= old &&
		size >= (cls == NAT_CLASS_LARGE ? old - (old >> SHRINK_SHIFT)
						: old / 2))
		return true;
	if (size > old && old < GROW_IN_PLACE_MIN)
		return false;
	if (!round_to_pages(size, &rounded))
		return false;
	if (size <= NAT_MID_MAX)
		new_class = nat_mid_class(size);
	if (new_class != NAT_CLASS_LARGE)
		rounded = nat_class_size(new_class);
	if (!nat_extent_resize(ptr, old, rounded))
		return false;
	set_size(ptr, new_class == NAT_CLASS_LARGE ? rounded : 0);
	nat_map_set_tag(ptr, tag - cls + new_class);
	return true;
}
