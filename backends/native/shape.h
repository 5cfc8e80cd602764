/* SPDX-License-Identifier: BSD-3-Clause */
/* The shapes of slabs: how large they are, and how they are cut into blocks. */
#ifndef NAT_SHAPE_H
#define NAT_SHAPE_H

#include "backends/native/map.h"
#include "backends/native/size_class.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Spans: the sizes of slabs. There is one for each of four ranges of block
 * sizes, and a larger one for classes of the first range that have many slabs.
 * NAT_SPAN_EMPTY is that of blocks of no bytes, so that no other class reuses
 * their slabs.
 */
#define NAT_SPANS 6u
#define NAT_SPAN_EMPTY (NAT_SPANS - 1)

/* The largest of them, in bytes, unless a page is larger. */
#define NAT_SPAN_MAX (8 * NAT_UNIT)

/* In bytes. */
extern uint32_t nat_span_bytes[NAT_SPANS] __attribute__((visibility("hidden")));

/* The properties that all slabs of a class have in common. */
struct nat_shape {
	uint32_t size;	  /* bytes of a block */
	uint32_t inverse; /* offset / size == offset * inverse >> 32 */
	uint32_t inside;  /* address bits that are 0 in all blocks */
	uint16_t carve;	  /* blocks to commit at once */
	uint8_t span;	  /* of its slabs */
	uint8_t larger;	  /* the span if it has many slabs */
};

extern struct nat_shape nat_shapes[NAT_CLASS_LAST + 1]
	__attribute__((visibility("hidden")));

/* Bytes of a block of a small class that the program may use. */
static inline size_t
nat_shape_usable(unsigned int cls)
{
	return cls != NAT_CLASS_EMPTY ? nat_shapes[cls].size : 0;
}

/* No slab is smaller than a page of the pool. */
void nat_shape_init(size_t page_size);

#endif /* NAT_SHAPE_H */
