/* SPDX-License-Identifier: BSD-3-Clause */
/* A hash table with linear probing; see blocks.h. */
#include "config.h"

#include "cli/trace/blocks.h"

#include "cli/trace/memory.h"

#include <string.h>

#define CAPACITY_MIN 1024

static size_t
home(const struct vmm_trace_blocks *blocks, uint64_t id)
{
	return (size_t)(id * 0x9e3779b97f4a7c15u >> 20) &
		(blocks->capacity - 1);
}

static struct vmm_trace_block *
next(const struct vmm_trace_blocks *blocks, const struct vmm_trace_block *slot)
{
	size_t i = (size_t)(slot - blocks->slots) + 1;

	return &blocks->slots[i & (blocks->capacity - 1)];
}

/* The block, or the empty slot at which it belongs. */
static struct vmm_trace_block *
probe(const struct vmm_trace_blocks *blocks, uint64_t id)
{
	struct vmm_trace_block *slot = &blocks->slots[home(blocks, id)];

	while (slot->id != 0 && slot->id != id)
		slot = next(blocks, slot);
	return slot;
}

static void
grow(struct vmm_trace_blocks *blocks)
{
	struct vmm_trace_blocks larger = {
		.n = blocks->n,
		.capacity = blocks->capacity == 0 ? CAPACITY_MIN
						  : 2 * blocks->capacity,
	};

	larger.slots = vmm_trace_map(larger.capacity * sizeof(*larger.slots));
	for (size_t i = 0; i < blocks->capacity; i++) {
		if (blocks->slots[i].id != 0)
			*probe(&larger, blocks->slots[i].id) = blocks->slots[i];
	}
	vmm_trace_blocks_free(blocks);
	*blocks = larger;
}

struct vmm_trace_block *
vmm_trace_blocks_insert(struct vmm_trace_blocks *blocks, uint64_t id)
{
	struct vmm_trace_block *slot;

	if (blocks->n >= blocks->capacity / 2)
		grow(blocks);
	slot = probe(blocks, id);
	if (slot->id == 0)
		blocks->n++;
	*slot = (struct vmm_trace_block){ .id = id };
	return slot;
}

struct vmm_trace_block *
vmm_trace_blocks_find(const struct vmm_trace_blocks *blocks, uint64_t id)
{
	struct vmm_trace_block *slot;

	/* 0 is no block, but the mark of an empty slot */
	if (blocks->capacity == 0 || id == 0)
		return NULL;
	slot = probe(blocks, id);
	return slot->id == id ? slot : NULL;
}

/* Moves blocks back over the hole, so that each is found from its home. */
void
vmm_trace_blocks_remove(
	struct vmm_trace_blocks *blocks, struct vmm_trace_block *block)
{
	size_t mask = blocks->capacity - 1;
	struct vmm_trace_block *hole = block;
	struct vmm_trace_block *slot = block;

	for (;;) {
		size_t at, from;

		slot = next(blocks, slot);
		if (slot->id == 0)
			break;
		at = (size_t)(slot - blocks->slots);
		from = home(blocks, slot->id);
		if (((at - from) & mask) <
			((at - (size_t)(hole - blocks->slots)) & mask))
			continue;
		*hole = *slot;
		hole = slot;
	}
	hole->id = 0;
	blocks->n--;
}

void
vmm_trace_blocks_free(struct vmm_trace_blocks *blocks)
{
	vmm_trace_unmap(
		blocks->slots, blocks->capacity * sizeof(*blocks->slots));
	*blocks = (struct vmm_trace_blocks){ NULL, 0, 0 };
}
