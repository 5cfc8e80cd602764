/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Size classes: steps of 16 bytes up to 128, then eight steps to each doubling,
 * so that rounding up wastes less than 1/9 of a block above 128 bytes. Blocks
 * of the small classes lie in slabs, those of the medium ones are extents.
 * Blocks of no bytes have a class of their own, whose slabs cannot be accessed.
 * Pure arithmetic.
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
#define NAT_CLASS_EMPTY 1u /* blocks of no bytes */
#define NAT_CLASS_LAST 73u
#define NAT_CLASS_MID_LAST 113u
#define NAT_CLASS_LARGE 114u
#define NAT_CLASS_COUNT 115u

/* The class of a size of at most NAT_MID_MAX bytes. */
static inline unsigned int
nat_class_of(size_t size)
{
	unsigned int msb;

	if (size <= 128)
		return NAT_CLASS_EMPTY +
			(unsigned int)((size + NAT_ALIGNMENT - 1) /
				NAT_ALIGNMENT);
	size--;
	msb = 63u - (unsigned int)__builtin_clzll(size);
	return 10 + 8 * (msb - 7) + ((unsigned int)(size >> (msb - 3)) & 7);
}

/* Bytes from one block of a class to the next. */
static inline size_t
nat_class_size(unsigned int cls)
{
	size_t base;

	if (cls == NAT_CLASS_EMPTY)
		return NAT_ALIGNMENT;
	if (cls <= 9)
		return (cls - NAT_CLASS_EMPTY) * NAT_ALIGNMENT;
	base = (size_t)128 << (cls - 10) / 8;
	return base + ((cls - 10) % 8 + 1) * (base / 8);
}

#endif /* NAT_SIZE_CLASS_H */
