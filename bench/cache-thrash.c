/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Active false sharing: an allocator that gives pieces of one cache line to
 * several threads makes each thread's writes fight for that line.
 *
 * After E. Berger, K. McKinley, R. Blumofe and P. Wilson, "Hoard: a scalable
 * memory allocator for multithreaded applications", ASPLOS 2000 (cache-thrash).
 */
#include "config.h"

#include "bench/bench.h"

#include <stdlib.h>

#define ROUNDS 6000000 /* per thread */
#define WRITES 200     /* per block */
#define SIZE 8

static void *
thrash(void *arg)
{
	size_t rounds = *(size_t *)arg;
	size_t i, j;

	for (i = 0; i < rounds; i++) {
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
	size_t rounds = bench_scaled(&args, ROUNDS);

	bench_run_threads(args.threads, thrash, &rounds, 0);
	return 0;
}
