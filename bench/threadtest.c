/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thread-private work: each thread allocates and frees its own blocks, as many
 * whatever the number of threads. Run with one and with two threads, the wall
 * time says how an allocator scales.
 *
 * After E. Berger, K. McKinley, R. Blumofe and P. Wilson, "Hoard: a scalable
 * memory allocator for multithreaded applications", ASPLOS 2000 (threadtest).
 */
#include "config.h"

#include "bench/bench.h"

#include <stdlib.h>

#define ROUNDS 400 /* of one thread */
#define BLOCKS 50000
#define SIZE_MIN 8
#define SIZE_SPAN 120

struct worker {
	uint64_t seed; /* the same for all: as much work for each */
	size_t rounds;
};

static void *
work(void *arg)
{
	struct worker *worker = arg;
	void **block = malloc(BLOCKS * sizeof(void *));
	size_t round, i;

	if (block == NULL)
		bench_die("malloc");
	for (round = 0; round < worker->rounds; round++) {
		size_t size = SIZE_MIN + bench_below(&worker->seed, SIZE_SPAN);

		for (i = 0; i < BLOCKS; i++)
			block[i] = bench_alloc(size, (unsigned)i);
		for (i = 0; i < BLOCKS; i++)
			bench_free(block[i], size, (unsigned)i);
	}
	free(block);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 1);
	struct worker *workers = calloc(args.threads, sizeof(*workers));
	unsigned i;

	if (workers == NULL)
		bench_die("calloc");
	for (i = 0; i < args.threads; i++) {
		workers[i].seed = bench_seed(0);
		workers[i].rounds = bench_scaled(&args, ROUNDS);
	}
	bench_run_threads(args.threads, work, workers, sizeof(*workers));
	free(workers);
	return 0;
}
