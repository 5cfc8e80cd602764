/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The page map: what each 4 KiB page of the pool is used for. Two arrays,
 * indexed by an address less the pool's start: the page's tag, which every free
 * reads, and for each unit of 16 KiB a 32-bit word that only the slow paths
 * read: the number of the slab's record, the size of a large block, or the next
 * in a list of free extents. Slabs are whole units, and other extents no
 * smaller than one, so that of those at most one starts in a unit.
 *
 * A tag is the number of an arena and a size class in one, so that it leads
 * straight to the stack of the thread's cache that a freed block goes to. Pages
 * of no slab have the tag NAT_CLASS_NONE; or, at the start of a block, that of
 * a medium class or NAT_CLASS_LARGE.
 *
 * An entry is written by the thread that owns the page, before a pointer into
 * it is handed out and after the last one is back; so a plain read by whoever
 * holds such a pointer is enough.
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

/* Tags of one arena; a little more than there are classes. */
#define NAT_TAG_STRIDE 128u
_Static_assert(NAT_CLASS_COUNT <= NAT_TAG_STRIDE, "a tag has room for a class");

/* Both biased: indexed by address >> NAT_PAGE_SHIFT, and NAT_UNIT_SHIFT. */
extern uint16_t *nat_map_tags __attribute__((visibility("hidden")));
extern uint32_t *nat_map_words __attribute__((visibility("hidden")));

/*
 * Bytes of empty slabs, and of other free extents, that an arena keeps at most:
 * a part of the pool. Both age, so that only memory that comes and goes within
 * 0.1 s can be as much.
 */
extern size_t nat_kept_max __attribute__((visibility("hidden")));

/* 0, or -1 with ENOMEM. */
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
 * At the start of a medium or large block; of two threads that free it, one
 * takes the tag.
 */
static inline void
nat_map_set_tag(const void *block, unsigned int tag)
{
	__atomic_store_n(&nat_map_tags[nat_map_page(block)], (uint16_t)tag,
		__ATOMIC_RELAXED);
}

static inline unsigned int
nat_map_take_tag(const void *block)
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
