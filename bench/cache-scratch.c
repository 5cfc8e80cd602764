/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Passive false sharing: the main thread allocates neighbours and gives one to
 * each thread, which frees it. An allocator that lets the threads reuse those
 * blocks leaves them on one cache line for good.
 *
 * After E. Berger, K. McKinley, R. Blumofe and P. Wilson, "Hoard: a scalable
 * memory allocator for multithreaded applications", ASPLOS 2000
 * (cache-scratch).
 */
#include "config.h"

#include "bench/bench.h"

#include <stdlib.h>

#define ROUNDS 2000000 /* per thread */
#define WRITES 200     /* per block */
#define SIZE 8

struct worker {
	void *gift;
	size_t rounds;
};

static void *
scratch(void *arg)
{
	struct worker *worker = arg;
	size_t i, j;

	bench_free(worker->gift, SIZE, 1);
	for (i = 0; i < worker->rounds; i++) {
		volatile unsigned char *block = bench_alloc(SIZE, 0);

		for (j = 0; j < WRITES; j++)
			block[j % SIZE]++;
		free((void *)block);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 2);
	struct worker *workers = calloc(args.threads, sizeof(*workers));
	unsigned i;

	if (workers == NULL)
		bench_die("calloc");
	for (i = 0; i < args.threads; i++) {
		workers[i].rounds = bench_scaled(&args, ROUNDS);
		workers[i].gift = bench_alloc(SIZE, 1);
	}
	bench_run_threads(args.threads, scratch, workers, sizeof(*workers));
	free(workers);
	return 0;
}
