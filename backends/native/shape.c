/* SPDX-License-Identifier: BSD-3-Clause */
/* The shapes of slabs; see shape.h. */
#include "config.h"

#include "backends/native/shape.h"

#include "base/hot.h"

/* Fresh blocks are committed in steps of at least this many bytes. */
#define CARVE_STEP ((size_t)16 << 10)

/*
 * There are few spans, so that a slab can be reused for another class. Pages
 * behind the last block are never committed. Small slabs become empty sooner;
 * large ones have fewer and denser metadata, so that more of it stays in the
 * processor's cache.
 */
static const struct {
	size_t block; /* the largest of the range */
	size_t bytes;
} ranges[] = {
	{ 512, NAT_UNIT },
	{ 2048, 2 * NAT_UNIT },
	{ 8192, 4 * NAT_UNIT },
	{ NAT_SMALL_MAX, NAT_SPAN_MAX },
};

/* The span of the first range's larger slabs. */
#define LARGER (NAT_SPANS - 2)
#define LARGER_SHIFT 2

struct nat_shape nat_shapes[NAT_CLASS_LAST + 1] VMM_HOT_DATA;
uint32_t nat_span_bytes[NAT_SPANS] VMM_HOT_DATA;

static uint32_t
at_least(size_t page_size, size_t bytes)
{
	return (uint32_t)(bytes < page_size ? page_size : bytes);
}

/*
 * Slabs start at units and blocks at multiples of their size from there, so
 * blocks are aligned to the largest power of two, up to a unit, that divides
 * their size.
 */
static uint32_t
bits_inside(size_t size)
{
	size |= NAT_UNIT;
	return (uint32_t)(size & -size) - 1;
}

void
nat_shape_init(size_t page_size)
{
	unsigned int span = 0;

	for (unsigned int k = 0; k < LARGER; k++)
		nat_span_bytes[k] = at_least(page_size, ranges[k].bytes);
	nat_span_bytes[LARGER] = nat_span_bytes[0] << LARGER_SHIFT;
	nat_span_bytes[NAT_SPAN_EMPTY] = nat_span_bytes[0];
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++) {
		size_t size = nat_class_size(c);

		if (size > ranges[span].block)
			span++;
		nat_shapes[c] = (struct nat_shape){
			.size = (uint32_t)size,
			.inverse = (uint32_t)(((UINT64_C(1) << 32) + size - 1) /
				size),
			.inside = bits_inside(size),
			.carve = (uint16_t)((CARVE_STEP + size - 1) / size),
			.span = (uint8_t)span,
			.larger = (uint8_t)(span == 0 ? LARGER : span),
		};
	}
	nat_shapes[NAT_CLASS_EMPTY].span = NAT_SPAN_EMPTY;
	nat_shapes[NAT_CLASS_EMPTY].larger = NAT_SPAN_EMPTY;
}
