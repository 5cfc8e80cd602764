/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The page map: what each 4 KiB page of the pool is used for. Two arrays, both
 * indexed by address / 4096 less the pool's start: the class of the blocks in
 * the page, which every free reads, and a 32-bit word that only the slow paths
 * read: the number of the slab's record, or the size of a large block.
 *
 * An entry is written by the thread that owns the page, before a pointer into
 * it is handed out and after the last one is back; so a plain read by whoever
 * holds such a pointer is enough.
 */
#ifndef NAT_MAP_H
#define NAT_MAP_H

#include "vmmalloc/backend.h"

#include <stddef.h>
#include <stdint.h>

#define NAT_PAGE_SHIFT 12
#define NAT_PAGE ((size_t)1 << NAT_PAGE_SHIFT)

struct nat_map {
	uint8_t *class_of; /* biased: indexed by address >> NAT_PAGE_SHIFT */
	uint32_t *word_of; /* biased likewise */
	const struct vmmalloc_host *host;
};

extern struct nat_map nat_map;

/* 0, or -1 with ENOMEM. */
int nat_map_init(const struct vmmalloc_host *host);

static inline uintptr_t
nat_map_page(const void *addr)
{
	return (uintptr_t)addr >> NAT_PAGE_SHIFT;
}

static inline unsigned int
nat_map_class(const void *addr)
{
	return nat_map.class_of[nat_map_page(addr)];
}

static inline uint32_t
nat_map_word(const void *addr)
{
	return nat_map.word_of[nat_map_page(addr)];
}

#endif /* NAT_MAP_H */
