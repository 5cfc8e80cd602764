/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thread-private work: each thread allocates and frees its own blocks, the same
 * amount whatever the number of threads. The wall times with one and with two
 * threads show how an allocator scales.
 *
 * After E. Berger, K. McKinley, R. Blumofe and P. Wilson, "Hoard: a scalable
 * memory allocator for multithreaded applications", ASPLOS 2000 (threadtest).
 */
#include "config.h"

#include "bench/bench.h"

#include <stdlib.h>

#define ROUNDS 400 /* per thread */
#define BLOCKS 50000
#define SIZE_MIN 8
#define SIZE_SPAN 120

/* All threads do the same amount of work, with the same sizes. */
static void *
work(void *arg)
{
	const size_t *rounds = arg;
	void **block = malloc(BLOCKS * sizeof(void *));
	uint64_t seed = bench_seed(0);
	size_t round, i;

	if (block == NULL)
		bench_die("malloc");
	for (round = 0; round < *rounds; round++) {
		size_t size = SIZE_MIN + bench_below(&seed, SIZE_SPAN);

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
	size_t rounds = bench_scaled(&args, ROUNDS);

	bench_run_threads(args.threads, work, &rounds, 0);
	return 0;
}
