/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The native heap's hot paths. A small malloc is a table look-up in the
 * thread's cache and a pop; a small free is a look-up in the page map and a
 * push. Everything else is a call.
 */
#include "config.h"

#include "backends/native/heap.h"

#include "backends/native/cache.h"
#include "backends/native/check.h"
#include "backends/native/fatal.h"
#include "backends/native/large.h"
#include "backends/native/map.h"
#include "backends/native/mid.h"
#include "backends/native/shape.h"
#include "backends/native/size_class.h"
#include "backends/native/slow.h"
#include "base/checked.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <string.h>

#define LIKELY(x) __builtin_expect(!!(x), 1)

/*
 * The hot paths are one cache line each, but for the last two instructions of
 * nat_free with gcc. nat_malloc is at the start of a page,
 * so that neither path is at the same offset in its page as libvmmalloc's
 * malloc and free. When nat_malloc was at the same offset, a threadtest of 125
 * ms took 270 ms on a Zen 5 with some physical addresses of the two pages, for
 * as long as the files stayed at these addresses.
 */
#define AT_PAGE_START __attribute__((aligned(4096)))
#define AT_LINE_START __attribute__((aligned(64)))

/*
 * Makes the compiler change a variable where it is, in one instruction, instead
 * of storing a value that it has computed in another one.
 */
#ifdef __x86_64__
#define RELOAD(variable) __asm__("" : "+m"(variable))
#else
#define RELOAD(variable) ((void)0)
#endif

/*
 * A block that moves because it grew by less than 1 / 2^GROWTH_SHIFT of its
 * size gets that much extra room: it is likely to grow by as little again.
 * Blocks that grow by half or double do not need it.
 */
#define GROWTH_SHIFT 3

static void *
alloc_large(size_t size, size_t alignment, unsigned int flags)
{
	void *ptr = nat_large_alloc(size, alignment, flags);

	if (ptr != NULL || !nat_large_is_possible(size) || !nat_slow_flush())
		return ptr;
	return nat_large_alloc(size, alignment, flags);
}

static void *
malloc_large(size_t size, unsigned int flags)
{
	nat_slow_tick(size);
	return alloc_large(size, 0, flags);
}

static __attribute__((noinline)) void *
malloc_slow(size_t size)
{
	if (size <= NAT_SMALL_MAX)
		return nat_slow_refill(nat_class_of(size));
	return malloc_large(size, 0);
}

/*
 * Allocates a medium block, often from an extent of its class that was just
 * freed.
 */
static __attribute__((noinline)) void *
malloc_mid(size_t size)
{
	struct nat_cache *cache = nat_cache_current();
	unsigned int cls;
	void *ptr;

	if (size > NAT_MID_MAX || cache->mid == NULL)
		return malloc_slow(size);
	cls = nat_mid_class(size);
	if (cls == NAT_CLASS_LARGE || --cache->mid_calls == 0)
		return malloc_slow(size);
	ptr = nat_mid_pop_slot(cache->mid, cls);
	if (ptr == NULL)
		return malloc_slow(size);
	nat_map_set_tag(ptr, cache->tag + cls);
	return ptr;
}

static __attribute__((noinline)) void *
malloc_medium(size_t size)
{
	struct nat_cache *cache = nat_cache_current();
	struct nat_stack *stack;

	if (size > NAT_SMALL_MAX)
		return malloc_mid(size);
	if (cache->local == NULL)
		return malloc_slow(size);
	stack = &cache->local[nat_class_of(size)];
	if (stack->top != stack->base)
		return *--stack->top;
	return malloc_slow(size);
}

AT_PAGE_START void *
nat_malloc(size_t size)
{
	struct nat_cache *cache = nat_cache_current();
	struct nat_stack *stack;
	void **top;

	if (!LIKELY(size <= NAT_TINY_MAX))
		return malloc_medium(size);
	stack = cache->stack_of[(size + NAT_ALIGNMENT - 1) / NAT_ALIGNMENT];
	top = stack->top;
	if (!LIKELY(top != stack->base))
		return malloc_slow(size);
	RELOAD(stack->top);
	stack->top--;
	return top[-1];
}

static __attribute__((noinline)) void
free_slower(void *ptr, unsigned int tag)
{
	unsigned int cls = nat_tag_class(tag);
	int err = errno;

	if (cls > NAT_CLASS_LAST)
		nat_large_free(ptr, tag);
	else if (cls == NAT_CLASS_NONE)
		nat_fatal("invalid or double free of", ptr);
	else
		nat_slow_overflow(tag, ptr);
	errno = err;
}

/* Frees a block that has the tag of a medium or large one. */
static __attribute__((noinline)) void
free_mid(void *ptr)
{
	unsigned int tag = nat_map_clear_tag(ptr);
	unsigned int cls = nat_tag_class(tag);

	if (cls <= NAT_CLASS_LAST || cls == NAT_CLASS_LARGE ||
		!nat_mid_push_slot(&nat_mids[nat_tag_arena(tag)], cls, ptr))
		free_slower(ptr, tag);
}

/*
 * Pushes a small block onto a stack that has only been pushed to for long, and
 * looks at the cache if that is due.
 */
static __attribute__((noinline)) void
push_slow(void *ptr, unsigned int tag)
{
	struct nat_cache *cache = nat_cache_current();
	struct nat_stack *stack = &cache->stacks[tag];

	/* a busy thread only after its cache was emptied, or refilled */
	if (cache->looks_at < NAT_LOOKS_AT_MAX || stack == cache->refilled)
		nat_check_free(ptr, tag);
	*stack->top++ = ptr;
	if (stack == cache->refilled) {
		cache->refilled = NULL;
		nat_stack_arm(stack, NAT_LOOKS_AT_FIRST);
		return;
	}
	cache->until_look -= (int)nat_stack_arm(stack, cache->looks_at);
	if (cache->until_look <= 0)
		nat_slow_look(cache);
}

/* These calls are the last ones, so that medium blocks need no stack frame. */
static __attribute__((noinline)) void
free_slow(void *ptr)
{
	unsigned int tag = nat_map_tag(ptr);
	struct nat_stack *stack = &nat_cache_current()->stacks[tag];
	void **top = stack->top;

	if (nat_tag_class(tag) > NAT_CLASS_LAST)
		free_mid(ptr);
	else if (nat_stack_is_full(stack) || top[-1] == ptr || top[-2] == ptr ||
		((uint32_t)(uintptr_t)ptr & stack->inside) != 0)
		free_slower(ptr, tag);
	else
		push_slow(ptr, tag);
}

AT_LINE_START void
nat_free(void *ptr)
{
	struct nat_stack *stack = &nat_stacks[nat_map_tag(ptr)];
	void **top = stack->top;

	/*
	 * Each comparison with a block that was just freed takes two
	 * instructions, and so does detecting a pointer at which no block of
	 * the class can start.
	 */
	if (LIKELY((uintptr_t)top < stack->limit && top[-1] != ptr &&
		    top[-2] != ptr &&
		    ((uint32_t)(uintptr_t)ptr & stack->inside) == 0)) {
		*top = ptr;
		RELOAD(stack->top);
		stack->top++;
		RELOAD(stack->limit);
		stack->limit -= NAT_STACK_STEP;
	} else {
		free_slow(ptr);
	}
}

void
nat_free_sized(void *ptr, size_t size)
{
	nat_check_size(ptr, size);
	nat_free(ptr);
}

void *
nat_calloc(size_t nmemb, size_t size)
{
	size_t bytes;
	void *ptr;

	if (!vmm_array_bytes(nmemb, size, &bytes))
		return NULL;
	if (bytes > NAT_SMALL_MAX)
		return malloc_large(bytes, VMMALLOC_EXTENT_ZERO);
	ptr = nat_malloc(bytes);
	return ptr != NULL ? memset(ptr, 0, bytes) : NULL;
}

/* Allocates at least size bytes for a block that grows from old_size. */
static void *
malloc_growing(size_t old_size, size_t size)
{
	size_t more = size;
	void *ptr;

	if (size - old_size < old_size >> GROWTH_SHIFT &&
		size < PTRDIFF_MAX - (size >> GROWTH_SHIFT))
		more += size >> GROWTH_SHIFT;
	if (more > NAT_SMALL_MAX)
		ptr = malloc_large(more, VMMALLOC_EXTENT_GROWING);
	else
		ptr = nat_malloc(more);
	return ptr != NULL || more == size ? ptr : nat_malloc(size);
}

/* Moves a block to one of at least size bytes. */
static void *
move(void *ptr, size_t old_size, size_t size)
{
	void *moved = size > old_size ? malloc_growing(old_size, size)
				      : nat_malloc(size);

	if (moved == NULL)
		return NULL;
	memcpy(moved, ptr, old_size < size ? old_size : size);
	nat_free(ptr);
	return moved;
}

void *
nat_realloc(void *ptr, size_t size)
{
	unsigned int cls = nat_map_class(ptr);
	size_t old_size = nat_check_realloc(ptr);
	void *moved;

	if (cls > NAT_CLASS_LAST) {
		if (size > NAT_SMALL_MAX && nat_large_resize(ptr, size))
			return ptr;
	} else if (size <= old_size && size >= old_size / 2) {
		return ptr;
	}
	moved = move(ptr, old_size, size);
	/* a block that shrinks can stay where it is */
	return moved == NULL && size <= old_size ? ptr : moved;
}

/*
 * The class from which a block of this alignment is taken, or NAT_CLASS_LARGE.
 * Slabs start at a unit, so that a block is aligned to every power of two, up
 * to a unit, that divides its size.
 */
static unsigned int
class_of_aligned(size_t alignment, size_t size)
{
	unsigned int cls;

	if (alignment > NAT_UNIT || size > NAT_SMALL_MAX)
		return NAT_CLASS_LARGE;
	cls = nat_class_of(size > alignment ? size : alignment);
	while (cls <= NAT_CLASS_LAST && nat_class_size(cls) % alignment != 0)
		cls++;
	return cls <= NAT_CLASS_LAST ? cls : NAT_CLASS_LARGE;
}

void *
nat_memalign(size_t alignment, size_t size)
{
	unsigned int cls;

	if (alignment <= NAT_ALIGNMENT)
		return nat_malloc(size);
	cls = class_of_aligned(alignment, size);
	if (cls != NAT_CLASS_LARGE)
		return nat_malloc(nat_class_size(cls));
	return alloc_large(size, alignment, 0);
}

size_t
nat_good_size(size_t alignment, size_t size)
{
	unsigned int cls = class_of_aligned(alignment, size);

	return cls != NAT_CLASS_LARGE ? nat_shape_usable(cls)
				      : nat_large_good_size(size);
}
