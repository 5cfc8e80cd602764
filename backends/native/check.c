/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks of pointers and sizes; see check.h. */
#include "config.h"

#include "backends/native/check.h"

#include "backends/native/cache.h"
#include "backends/native/fatal.h"
#include "backends/native/large.h"
#include "backends/native/map.h"
#include "backends/native/shape.h"
#include "backends/native/size_class.h"
#include "backends/native/slab.h"
#include "backends/native/stack.h"

#include <stdbool.h>

#define LIKELY(x) __builtin_expect(!!(x), 1)

/* How many blocks in the thread's cache are compared with one for realloc. */
#define CACHED_REALLOC 32u

static bool
is_small(unsigned int cls)
{
	return cls <= NAT_CLASS_LAST && cls != NAT_CLASS_NONE;
}

static __attribute__((noinline)) size_t
check_large(void *ptr, unsigned int cls)
{
	if (cls == NAT_CLASS_NONE || ((uintptr_t)ptr & (NAT_PAGE - 1)) != 0)
		nat_fatal("invalid pointer", ptr);
	if (cls == NAT_CLASS_LARGE)
		return nat_large_usable_size(ptr);
	return nat_class_size(cls);
}

/*
 * Only looks at what malloc and free use as well: some programs call
 * malloc_usable_size for each malloc and free.
 */
size_t
nat_check_usable(void *ptr)
{
	unsigned int tag = nat_map_tag(ptr);
	unsigned int cls = nat_tag_class(tag);

	if (!LIKELY(is_small(cls)))
		return check_large(ptr, cls);
	if (((uintptr_t)ptr & nat_shapes[cls].inside) != 0 ||
		nat_stack_has_recent(&nat_stacks[tag], ptr))
		nat_fatal("invalid pointer", ptr);
	return nat_shape_usable(cls);
}

size_t
nat_check_realloc(void *ptr)
{
	unsigned int tag = nat_map_tag(ptr);
	unsigned int cls = nat_tag_class(tag);
	const struct nat_slab *slab;

	if (!LIKELY(is_small(cls)))
		return check_large(ptr, cls);
	slab = nat_slab_of(tag, ptr);
	if (slab == NULL || !nat_slab_is_used(slab, ptr))
		nat_fatal("invalid pointer", ptr);
	if (nat_cache_has(ptr, tag, CACHED_REALLOC))
		nat_fatal("realloc of freed", ptr);
	return nat_shape_usable(cls);
}

void
nat_check_free(const void *ptr, unsigned int tag)
{
	const struct nat_slab *slab = nat_slab_of(tag, ptr);

	if (slab == NULL || !nat_slab_is_used(slab, ptr))
		nat_fatal("invalid or double free of", ptr);
}

void
nat_check_size(void *ptr, size_t size)
{
	if (size > nat_check_usable(ptr))
		nat_fatal("wrong size in free of", ptr);
}
