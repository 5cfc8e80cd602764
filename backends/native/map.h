/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The page map says what each 4 KiB page of the pool is used for. It consists
 * of two arrays that are indexed by the offset of an address in the pool: one
 * tag per page, which every free reads; and one 32-bit word per unit of 16 KiB,
 * which only the slow paths read. The word is the number of the slab's
 * metadata, the size of a large block, or the link in a list of free extents.
 * Slabs are whole units, and other extents are no smaller than a unit, so that
 * at most one of those starts in each unit.
 *
 * A tag combines the number of an arena and a size class, so that it is the
 * index of the stack in the thread's cache onto which a freed block goes. Pages
 * outside slabs have the tag NAT_CLASS_NONE; but the class in the tag at the
 * start of a medium or large block is its medium class or NAT_CLASS_LARGE.
 *
 * An entry is written by the thread that owns the page, before the first
 * pointer into it is handed out and after the last one was returned. So a
 * thread that holds such a pointer can read it without synchronization.
 */
#ifndef NAT_MAP_H
#define NAT_MAP_H

#include "vmmalloc/backend.h"

#include "backends/native/size_class.h"

#include <stddef.h>
#include <stdint.h>

#define NAT_PAGE_SHIFT 12
#define NAT_PAGE ((size_t)1 << NAT_PAGE_SHIFT)
#define NAT_UNIT_SHIFT 14
#define NAT_UNIT ((size_t)1 << NAT_UNIT_SHIFT)

/* Tags per arena; slightly more than there are classes. */
#define NAT_TAG_STRIDE 128u
_Static_assert(NAT_CLASS_COUNT <= NAT_TAG_STRIDE, "a tag has room for a class");

/*
 * Both are biased: the index is address >> NAT_PAGE_SHIFT, or NAT_UNIT_SHIFT.
 */
extern uint16_t *nat_map_tags __attribute__((visibility("hidden")));
extern uint32_t *nat_map_words __attribute__((visibility("hidden")));

/*
 * Most bytes of empty slabs, and of free medium extents, that an arena keeps: a
 * part of the pool. Both are aged, so that only memory that comes and goes
 * within 0.1 s can reach this limit.
 */
extern size_t nat_kept_max __attribute__((visibility("hidden")));

/* The bytes that init asks nat_meta_map for; init returns 0, or -1 with ENOMEM.
 */
size_t nat_map_memory(const struct vmmalloc_host *host);
int nat_map_init(const struct vmmalloc_host *host);

static inline uintptr_t
nat_map_page(const void *addr)
{
	return (uintptr_t)addr >> NAT_PAGE_SHIFT;
}

static inline unsigned int
nat_map_tag(const void *addr)
{
	return nat_map_tags[nat_map_page(addr)];
}

static inline unsigned int
nat_tag_class(unsigned int tag)
{
	return tag % NAT_TAG_STRIDE;
}

static inline unsigned int
nat_tag_arena(unsigned int tag)
{
	return tag / NAT_TAG_STRIDE;
}

static inline unsigned int
nat_map_class(const void *addr)
{
	return nat_tag_class(nat_map_tag(addr));
}

/*
 * Set the tag at the start of a medium or large block, and clear it: returns
 * what it was. If two threads free the block concurrently, only one gets that.
 */
static inline void
nat_map_set_tag(const void *block, unsigned int tag)
{
	__atomic_store_n(&nat_map_tags[nat_map_page(block)], (uint16_t)tag,
		__ATOMIC_RELAXED);
}

static inline unsigned int
nat_map_clear_tag(const void *block)
{
	if (((uintptr_t)block & (NAT_PAGE - 1)) != 0)
		return NAT_CLASS_NONE;
	return __atomic_exchange_n(&nat_map_tags[nat_map_page(block)],
		NAT_CLASS_NONE, __ATOMIC_RELAXED);
}

static inline uint32_t *
nat_map_word(const void *addr)
{
	return &nat_map_words[(uintptr_t)addr >> NAT_UNIT_SHIFT];
}

#endif /* NAT_MAP_H */
