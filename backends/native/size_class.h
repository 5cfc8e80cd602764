/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Size classes: steps of 16 bytes up to 128, then eight steps to each doubling,
 * so that rounding up wastes less than 1/9 of a block above 128 bytes. Blocks
 * of the small classes lie in slabs, those of the medium ones are extents. Pure
 * arithmetic.
 */
#ifndef NAT_SIZE_CLASS_H
#define NAT_SIZE_CLASS_H

#include <stddef.h>

#define NAT_ALIGNMENT 16u  /* of every block, in bytes */
#define NAT_TINY_MAX 1024u /* largest size in the cache's table */
#define NAT_SMALL_MAX ((size_t)32 << 10)
#define NAT_MID_MAX ((size_t)1 << 20)

/*
 * Small classes are 1 to NAT_CLASS_LAST, medium ones follow up to
 * NAT_CLASS_MID_LAST; NAT_CLASS_NONE and NAT_CLASS_LARGE are no size classes.
 */
#define NAT_CLASS_NONE 0u
#define NAT_CLASS_LAST 72u
#define NAT_CLASS_MID_LAST 112u
#define NAT_CLASS_LARGE 113u
#define NAT_CLASS_COUNT 114u

/* The class of a size of at most NAT_MID_MAX bytes. */
static inline unsigned int
nat_class_of(size_t size)
{
	unsigned int msb;

	if (size <= 128)
		return size <= NAT_ALIGNMENT
			? 1
			: (unsigned int)((size + NAT_ALIGNMENT - 1) /
				  NAT_ALIGNMENT);
	size--;
	msb = 63u - (unsigned int)__builtin_clzll(size);
	return 9 + 8 * (msb - 7) + ((unsigned int)(size >> (msb - 3)) & 7);
}

/* Bytes in a block of a class. */
static inline size_t
nat_class_size(unsigned int cls)
{
	size_t base;

	if (cls <= 8)
		return cls * NAT_ALIGNMENT;
	base = (size_t)128 << (cls - 9) / 8;
	return base + ((cls - 9) % 8 + 1) * (base / 8);
}

#endif /* NAT_SIZE_CLASS_H */
