/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of the pool; see parts.h. */
#include "config.h"

#include "core/parts.h"

#include "core/pages.h"
#include "core/pool.h"

#include <stdint.h>

void
vmm_parts_add(struct vmm_parts *parts, struct vmm_pool *part)
{
	if (parts->n == 0)
		parts->base = part->base;
	parts->size = (size_t)(part->base + part->size - parts->base);
	parts->capacity += part->size;
	parts->part[parts->n++] = part;
}

unsigned int
vmm_parts_find(const struct vmm_parts *parts, const void *addr)
{
	unsigned int i = 0;

	while (i < parts->n &&
		(size_t)((const char *)addr - parts->part[i]->base) >=
			parts->part[i]->size)
		i++;
	return i;
}

/* Pages, scaled so that a product with pages does not overflow. */
#define WEIGHT_SHIFT 12

/* The share of a part: its weight, or its capacity. */
static uint64_t
weight_of(const struct vmm_parts *parts, unsigned int i)
{
	return i < parts->placement.n_weights
		? parts->placement.weight[i]
		: (parts->part[i]->pages >> WEIGHT_SHIFT) + 1;
}

/*
 * The part that is furthest behind its share, if it gets n pages more. The
 * first of several.
 */
static unsigned int
find_poorest(const struct vmm_parts *parts, size_t n)
{
	uint64_t least_pages = 0, least_weight = 0;
	unsigned int least = 0;

	for (unsigned int i = 0; i < parts->n; i++) {
		const struct vmm_pool *part = parts->part[i];
		uint64_t weight = weight_of(parts, i);
		uint64_t pages = part->pages - part->free.total + n;

		if (i == 0 || pages * least_weight < least_pages * weight) {
			least = i;
			least_pages = pages;
			least_weight = weight;
		}
	}
	return least;
}

void
vmm_parts_order(const struct vmm_parts *parts, size_t size,
	unsigned int order[VMM_PARTS_MAX])
{
	unsigned int first = 0;
	unsigned int n = 0;

	switch (parts->placement.kind) {
	case VMM_PLACEMENT_OVERFLOW:
	case VMM_PLACEMENT_STRIPE: /* there is one part */
		break;
	case VMM_PLACEMENT_RATIO:
		first = find_poorest(parts, size / parts->part[0]->page_size);
		break;
	case VMM_PLACEMENT_THRESHOLD:
		if (size < parts->placement.size)
			break;
		/* the first one is the last resort */
		for (unsigned int i = 1; i < parts->n; i++)
			order[n++] = i;
		order[n] = 0;
		return;
	}
	order[n++] = first;
	for (unsigned int i = 0; i < parts->n; i++)
		if (i != first)
			order[n++] = i;
}

bool
vmm_parts_are_consistent(const struct vmm_parts *parts)
{
	for (unsigned int i = 0; i < parts->n; i++)
		if (!vmm_pages_are_consistent(parts->part[i]))
			return false;
	return true;
}
