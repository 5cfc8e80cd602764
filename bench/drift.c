/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragmentation over time: a working set of constant size in bytes whose
 * blocks, replaced at random, grow from 24 bytes to 6 KiB on average and shrink
 * again, so that room left by one size must serve another. Prints the bytes in
 * blocks and the memory that the process holds at the end.
 *
 * The sizes that drift apart are those of J. Robson, "Worst case fragmentation
 * of first fit and best fit storage allocation strategies", Computer Journal
 * 20(3), 1977; random replacement of a full heap: B. Randell, "A note on
 * storage fragmentation and program segmentation", CACM 12(7), 1969.
 */
#include "config.h"

#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

#define HEAP ((size_t)32 << 20) /* bytes in blocks */
#define SLOTS (HEAP / 16)
#define PHASES 9
#define TURNOVER 2 /* how often a phase replaces the whole heap */

struct slot {
	void *block;
	unsigned size;
};

struct heap {
	struct slot *slot;
	size_t used, bytes, limit;
	uint64_t seed;
};

static void
drop_any(struct heap *heap)
{
	struct slot *slot = &heap->slot[bench_below(&heap->seed, heap->used)];

	bench_free(slot->block, slot->size, slot->size);
	heap->bytes -= slot->size;
	*slot = heap->slot[--heap->used];
}

static void
run_phase(struct heap *heap, size_t mean)
{
	size_t replaced = 0;

	while (replaced < TURNOVER * heap->limit) {
		size_t size = mean / 2 + bench_below(&heap->seed, mean);

		while (heap->used > 0 && heap->bytes + size > heap->limit)
			drop_any(heap);
		heap->slot[heap->used++] =
			(struct slot){ bench_alloc(size, (unsigned)size),
				(unsigned)size };
		heap->bytes += size;
		replaced += size;
	}
}

int
main(int argc, char **argv)
{
	static const size_t mean[PHASES] = { 32, 100, 350, 1200, 6000, 1500,
		400, 120, 40 };
	struct bench_args args = bench_parse(argc, argv, 1);
	struct heap heap = { .seed = bench_seed(0),
		.limit = bench_scaled(&args, HEAP) };
	size_t i;

	heap.slot = calloc(bench_scaled(&args, SLOTS) + 1, sizeof(*heap.slot));
	if (heap.slot == NULL)
		bench_die("calloc");
	for (i = 0; i < PHASES; i++)
		run_phase(&heap, mean[i]);
	printf("metric live_bytes %zu\n", heap.bytes);
	printf("metric held_bytes %zu\n", bench_memory());
	while (heap.used > 0)
		drop_any(&heap);
	free(heap.slot);
	return 0;
}
