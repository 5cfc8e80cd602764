/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of the pool: one for each place that it lies in, and each a struct
 * vmm_pool of its own. Their addresses follow each other, with a hole between
 * two of them, so that no extent reaches from one part into another.
 *
 * No allocation here. The caller holds the lock around the pool.
 */
#ifndef VMM_PARTS_H
#define VMM_PARTS_H

#include "base/places.h"

#include <stdbool.h>
#include <stddef.h>

struct vmm_pool;

#define VMM_PARTS_MAX VMM_PLACES_MAX

struct vmm_parts {
	unsigned int n;
	struct vmm_pool *part[VMM_PARTS_MAX];
	char *base;
	size_t size;	 /* bytes of address space, with the holes */
	size_t capacity; /* bytes of all parts */
	struct vmm_placement placement;

	/* extents that are in a part because another one was full */
	size_t spills[VMM_PARTS_MAX];
};

/* Adds a part, which lies above those that there are. */
void vmm_parts_add(struct vmm_parts *parts, struct vmm_pool *part);

/* The number of the part that holds the address; parts->n if none does. */
unsigned int vmm_parts_find(const struct vmm_parts *parts, const void *addr);

/*
 * The order in which parts are asked for an extent of this many bytes. Fills
 * order with the numbers of all parts.
 */
void vmm_parts_order(const struct vmm_parts *parts, size_t size,
	unsigned int order[VMM_PARTS_MAX]);

/* As vmm_pages_are_consistent, for all parts. */
bool vmm_parts_are_consistent(const struct vmm_parts *parts);

#endif /* VMM_PARTS_H */
