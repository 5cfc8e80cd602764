/* SPDX-License-Identifier: BSD-3-Clause */
/* Large blocks; see large.h. */
#include "config.h"

#include "backends/native/large.h"

#include "backends/native/fatal.h"
#include "backends/native/map.h"
#include "backends/native/size_class.h"
#include "vmmalloc/backend.h"

#include <errno.h>

/* A block that shrinks gives back what is at least so much of it. */
#define SHRINK_SHIFT 3

static const struct vmmalloc_host *host;
static size_t bytes; /* atomic */

void
nat_large_init(const struct vmmalloc_host *the_host)
{
	host = the_host;
}

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

static uint16_t *
tag_entry(const void *ptr)
{
	return &nat_map_tags[nat_map_page(ptr)];
}

void *
nat_large_alloc(size_t size, size_t alignment, unsigned int flags)
{
	size_t rounded;
	void *ptr;

	if (!round_to_pages(size, &rounded))
		return NULL;
	ptr = host->extent_alloc(NULL, rounded, alignment, flags, NULL);
	if (ptr == NULL)
		return NULL;
	set_size(ptr, rounded);
	__atomic_store_n(tag_entry(ptr), NAT_CLASS_LARGE, __ATOMIC_RELAXED);
	__atomic_fetch_add(&bytes, rounded, __ATOMIC_RELAXED);
	return ptr;
}

size_t
nat_large_good_size(size_t size)
{
	size_t rounded;
	int err = errno;

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
nat_large_free(void *ptr)
{
	size_t size = 0;

	/* of two threads that free it, one finds no size */
	if (((uintptr_t)ptr & (NAT_PAGE - 1)) == 0 &&
		nat_map_tag(ptr) == NAT_CLASS_LARGE)
		size = (size_t)__atomic_exchange_n(
			       nat_map_word(ptr), 0, __ATOMIC_RELAXED)
			<< NAT_PAGE_SHIFT;
	if (size == 0)
		nat_fatal("invalid or double free of", ptr);
	__atomic_store_n(tag_entry(ptr), NAT_CLASS_NONE, __ATOMIC_RELAXED);
	__atomic_fetch_sub(&bytes, size, __ATOMIC_RELAXED);
	host->extent_free(ptr, size);
}

bool
nat_large_resize(void *ptr, size_t size)
{
	size_t old = nat_large_usable_size(ptr);
	char *start = ptr;
	size_t rounded;

	if (!round_to_pages(size, &rounded))
		return false;
	if (rounded > old) {
		if (host->extent_alloc(
			    start + old, rounded - old, 0, 0, NULL) == NULL)
			return false;
	} else if (old - rounded > old >> SHRINK_SHIFT) {
		host->extent_free(start + rounded, old - rounded);
	} else {
		return true;
	}
	set_size(ptr, rounded);
	__atomic_fetch_add(&bytes, rounded - old, __ATOMIC_RELAXED);
	return true;
}

size_t
nat_large_bytes(void)
{
	return __atomic_load_n(&bytes, __ATOMIC_RELAXED);
}
