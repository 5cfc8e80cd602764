/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The blocks of a trace that are live: a hash table by number, in memory past
 * malloc that is proportional to the most that were live at once.
 */
#ifndef VMM_TRACE_BLOCKS_H
#define VMM_TRACE_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

struct vmm_trace_block {
	uint64_t id; /* as in struct vmm_trace_event */
	uint64_t size;
	uint64_t time; /* ns, when it was allocated */
	union {
		void *ptr; /* for a replay */
		struct {   /* for sums; as in the event */
			uint32_t stack;
			uint32_t weight;
		};
	};
};

struct vmm_trace_blocks {
	struct vmm_trace_block *slots;
	size_t n;
	size_t capacity; /* a power of two, or 0 */
};

/* The block must not be in the table. It stays valid until the next call. */
struct vmm_trace_block *vmm_trace_blocks_insert(
	struct vmm_trace_blocks *blocks, uint64_t id);

/* Returns NULL if there is none; there is none of the number 0. */
struct vmm_trace_block *vmm_trace_blocks_find(
	const struct vmm_trace_blocks *blocks, uint64_t id);

/* The block is one that find returned. */
void vmm_trace_blocks_remove(
	struct vmm_trace_blocks *blocks, struct vmm_trace_block *block);

void vmm_trace_blocks_free(struct vmm_trace_blocks *blocks);

#endif /* VMM_TRACE_BLOCKS_H */
