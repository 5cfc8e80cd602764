/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bursts: on a small heap that stays, each request allocates about 200 MiB in
 * mixed sizes and frees all of it in another order. If the third argument is
 * "idle", there is one burst and then a second with little work, at the end of
 * which the program prints how much of the peak it still holds.
 *
 * This is the load of a server between requests; after the "cache trim"
 * measurements of A. Hunter et al., "Beyond malloc efficiency to fleet
 * efficiency: a hugepage-aware memory allocator", OSDI 2021.
 */
#include "config.h"

#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BURSTS 5
#define BURST_BLOCKS 400000
#define BASE_BLOCKS 16000 /* allocated first, freed last */
#define TICKS 100
#define TICK_NS (10 * 1000000)
#define TICK_BLOCKS 50

struct block {
	void *start;
	unsigned size;
};

/*
 * Many small blocks, some of a few pages, few of 100 KiB; on average 512 bytes.
 */
static unsigned
draw_size(uint64_t *seed)
{
	size_t lot = bench_below(seed, 1000);

	if (lot == 0)
		return (unsigned)(64 * 1024 + bench_below(seed, 64 * 1024));
	if (lot < 30)
		return (unsigned)(4096 + bench_below(seed, 8192));
	return (unsigned)(16 + bench_below(seed, 368));
}

static struct block *
allocate(size_t count, uint64_t *seed)
{
	struct block *blocks = malloc(count * sizeof(*blocks));
	size_t i;

	if (blocks == NULL)
		bench_die("malloc");
	for (i = 0; i < count; i++) {
		blocks[i].size = draw_size(seed);
		blocks[i].start = bench_alloc(blocks[i].size, blocks[i].size);
	}
	return blocks;
}

/* Shuffles them (Fisher and Yates). */
static void
release(struct block *blocks, size_t count, uint64_t *seed)
{
	while (count > 0) {
		size_t i = bench_below(seed, count);

		bench_free(blocks[i].start, blocks[i].size, blocks[i].size);
		blocks[i] = blocks[--count];
	}
	free(blocks);
}

/* A second in which little is allocated. */
static void
idle(uint64_t *seed)
{
	static const struct timespec tick = { 0, TICK_NS };
	int i;

	for (i = 0; i < TICKS; i++) {
		release(allocate(TICK_BLOCKS, seed), TICK_BLOCKS, seed);
		nanosleep(&tick, NULL);
	}
}

int
main(int argc, char **argv)
{
	int is_idle = argc == 4 && strcmp(argv[3], "idle") == 0;
	struct bench_args args = bench_parse(argc - is_idle, argv, 1);
	size_t count = bench_scaled(&args, BURST_BLOCKS);
	size_t base_count = bench_scaled(&args, BASE_BLOCKS);
	uint64_t seed = bench_seed(0);
	struct block *base = allocate(base_count, &seed);
	size_t peak = 0, after;
	int bursts = is_idle ? 1 : BURSTS;

	for (; bursts > 0; bursts--) {
		struct block *burst = allocate(count, &seed);

		if (is_idle)
			peak = bench_memory();
		release(burst, count, &seed);
	}
	if (is_idle) {
		idle(&seed);
		after = bench_memory();
		printf("metric peak_bytes %zu\n", peak);
		printf("metric after_bytes %zu\n", after);
		printf("metric held_ratio %.4f\n",
			(double)after / (double)peak);
	}
	release(base, base_count, &seed);
	return 0;
}
