/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks of up to 256 KiB with a bounded life: each thread replaces one of its
 * hundred blocks at a time, and writes to both ends of it. I/O buffers, pages
 * of databases and small arrays are such blocks; threads share nothing.
 */
#include "config.h"

#include "bench/bench.h"

#include <stdlib.h>

#define ALIVE 100
#define BLOCKS 2000000 /* per thread */
#define SIZE_MAX_KIB 256

struct work {
	size_t blocks;
	uint64_t seed;
};

static void *
replace_blocks(void *arg)
{
	struct work *work = arg;
	struct {
		char *block;
		size_t size;
	} alive[ALIVE] = { 0 };
	size_t i;

	for (i = 0; i < work->blocks; i++) {
		size_t k = bench_below(&work->seed, ALIVE);
		size_t size = 1 +
			bench_below(&work->seed, (size_t)SIZE_MAX_KIB << 10);
		char mark = (char)size;

		if (alive[k].block != NULL &&
			(alive[k].block[0] != (char)alive[k].size ||
				alive[k].block[alive[k].size - 1] !=
					(char)alive[k].size))
			bench_die("a block was overwritten");
		free(alive[k].block);
		alive[k].size = size;
		alive[k].block = malloc(size);
		if (alive[k].block == NULL)
			bench_die("malloc");
		alive[k].block[0] = mark;
		alive[k].block[size - 1] = mark;
	}
	for (i = 0; i < ALIVE; i++)
		free(alive[i].block);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 2);
	struct work *works = calloc(args.threads, sizeof(*works));
	unsigned i;

	if (works == NULL)
		bench_die("calloc");
	for (i = 0; i < args.threads; i++)
		works[i] = (struct work){
			.blocks = bench_scaled(&args, BLOCKS),
			.seed = bench_seed(i),
		};
	bench_run_threads(args.threads, replace_blocks, works, sizeof(*works));
	free(works);
	return 0;
}
