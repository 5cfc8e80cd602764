/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * jemalloc's own functions for blocks: mallocx(3). A program that links
 * libjemalloc mixes them with malloc and free, so all of them must serve one
 * heap. Thread-safe.
 *
 * If the flags name a thread cache, that has no meaning here. If they name an
 * arena, it has: the program made the arena with mallctl, perhaps with hooks of
 * its own, and can free all that is in it. Such requests go to the library that
 * has the arena, and its blocks are foreign ones, which free and all other
 * functions accept.
 */
#include "config.h"

#include "interpose/export.h"

#include "base/log.h"
#include "core/foreign.h"
#include "core/ops.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The layout of flags, as in jemalloc.h */
#define LG_ALIGN_MASK 63u
#define ZERO 0x40u
#define ARENA_SHIFT 20

/* Whether blocks of this alignment and size can exist at all. */
static bool
is_possible(size_t size, int flags)
{
	unsigned int lg_align = (unsigned int)flags & LG_ALIGN_MASK;

	return lg_align < sizeof(size_t) * 8 - 2 &&
		size <= PTRDIFF_MAX - ((size_t)1 << lg_align);
}

/* 1 if the flags ask for no alignment. */
static size_t
alignment_of(int flags)
{
	return (size_t)1 << ((unsigned int)flags & LG_ALIGN_MASK);
}

/* The alignment for a backend's memalign: at least that of pointers. */
static size_t
alignment_for_memalign(int flags)
{
	size_t alignment = alignment_of(flags);

	return alignment > sizeof(void *) ? alignment : sizeof(void *);
}

static bool
must_zero(int flags)
{
	return (unsigned int)flags & ZERO;
}

static bool
names_arena(int flags)
{
	return (unsigned int)flags >> ARENA_SHIFT != 0;
}

static size_t
usable_size(void *ptr)
{
	return vmm_ops_owns(ptr) ? vmm_ops.usable_size(ptr)
				 : vmm_foreign_usable_size(ptr);
}

static void
release(void *ptr)
{
	if (vmm_ops_owns(ptr))
		vmm_ops.free(ptr);
	else
		vmm_foreign_free(ptr);
}

VMM_EXPORT void *
mallocx(size_t size, int flags)
{
	void *ptr;

	VMM_LOG(4, "size %zu, flags %x", size, (unsigned int)flags);
	if (names_arena(flags) && vmm_next_ops.mallocx != NULL)
		return vmm_next_ops.mallocx(size, flags);
	if (!is_possible(size, flags))
		return NULL;
	if (alignment_of(flags) > 1) {
		ptr = vmm_ops.memalign(alignment_for_memalign(flags), size);
		if (ptr != NULL && must_zero(flags))
			memset(ptr, 0, usable_size(ptr));
		return ptr;
	}
	return must_zero(flags) ? vmm_ops.calloc(1, size)
				: vmm_ops.malloc(size);
}

/*
 * Whether the block has the alignment, and is at most twice as large as needed.
 */
static bool
is_good_enough(const void *ptr, size_t old_size, size_t size, int flags)
{
	return !names_arena(flags) &&
		((uintptr_t)ptr & (alignment_of(flags) - 1)) == 0 &&
		size <= old_size && size >= old_size / 2;
}

/* Does not zero new bytes. */
static void *
resize(void *ptr, size_t old_size, size_t size, int flags)
{
	void *moved;

	if (is_good_enough(ptr, old_size, size, flags))
		return ptr;
	if (alignment_of(flags) == 1 && !names_arena(flags))
		return vmm_ops_owns(ptr) ? vmm_ops.realloc(ptr, size)
					 : vmm_foreign_realloc(ptr, size);
	moved = mallocx(size, flags);
	if (moved != NULL) {
		memcpy(moved, ptr, old_size < size ? old_size : size);
		release(ptr);
	}
	return moved;
}

VMM_EXPORT void *
rallocx(void *ptr, size_t size, int flags)
{
	size_t old_size, new_size;

	VMM_LOG(4, "ptr %p, size %zu, flags %x", ptr, size,
		(unsigned int)flags);
	if (ptr == NULL)
		return mallocx(size, flags);
	old_size = usable_size(ptr);
	/* realloc of no bytes would free the block */
	ptr = resize(ptr, old_size, size != 0 ? size : 1,
		(int)((unsigned int)flags & ~ZERO));
	if (ptr != NULL && must_zero(flags)) {
		new_size = usable_size(ptr);
		if (new_size > old_size)
			memset((char *)ptr + old_size, 0, new_size - old_size);
	}
	return ptr;
}

/* Does not resize: a block only grows in place within its usable size. */
VMM_EXPORT size_t
xallocx(void *ptr, size_t size, size_t extra, int flags)
{
	VMM_LOG(4, "ptr %p, size %zu, extra %zu, flags %x", ptr, size, extra,
		(unsigned int)flags);
	(void)size;
	(void)extra;
	(void)flags;
	return usable_size(ptr);
}

VMM_EXPORT size_t
sallocx(const void *ptr, int flags)
{
	VMM_LOG(4, "ptr %p, flags %x", ptr, (unsigned int)flags);
	(void)flags;
	return usable_size((void *)ptr);
}

VMM_EXPORT void
dallocx(void *ptr, int flags)
{
	VMM_LOG(4, "ptr %p, flags %x", ptr, (unsigned int)flags);
	(void)flags;
	release(ptr);
}

VMM_EXPORT void
sdallocx(void *ptr, size_t size, int flags)
{
	VMM_LOG(4, "ptr %p, size %zu, flags %x", ptr, size,
		(unsigned int)flags);
	/* a backend expects the size of a block without alignment */
	if (vmm_ops_owns(ptr) && alignment_of(flags) == 1)
		vmm_ops.free_sized(ptr, size);
	else
		release(ptr);
}

/*
 * Returns the size that sallocx would return for the block of mallocx; 0 if
 * there can be none.
 */
VMM_EXPORT size_t
nallocx(size_t size, int flags)
{
	VMM_LOG(4, "size %zu, flags %x", size, (unsigned int)flags);
	if (names_arena(flags) && vmm_next_ops.nallocx != NULL)
		return vmm_next_ops.nallocx(size, flags);
	if (!is_possible(size, flags))
		return 0;
	return vmm_ops.good_size(
		alignment_of(flags) > 1 ? alignment_for_memalign(flags) : 1,
		size);
}
