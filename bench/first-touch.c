/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads that load their part of the data at the same time: each allocates 400
 * MiB in blocks of 128 bytes to 1 MiB and writes to every page for the first
 * time. Each thread does the same amount of work, so that the wall times of one
 * and of two threads show whether they get memory in parallel.
 *
 * After A. Blanchard's will-it-scale (its page_fault programs), with malloc
 * instead of mmap.
 */
#include "config.h"

#include "bench/bench.h"

#define STRETCHES 400		  /* per thread */
#define STRETCH ((size_t)1 << 20) /* bytes in blocks of one size */
#define SHIFT_MIN 7
#define SHIFT_MAX 20

/* All threads do the same amount of work, with the same sizes. */
static void *
work(void *arg)
{
	const size_t *stretches = arg;
	uint64_t seed = bench_seed(0);
	size_t n, done, i;

	for (n = 0; n < *stretches; n++) {
		size_t shift = bench_below(&seed, SHIFT_MAX - SHIFT_MIN + 1);
		size_t size = (size_t)1 << (SHIFT_MIN + shift);

		for (done = 0; done < STRETCH; done += size) {
			char *block = bench_alloc(size, 1);

			for (i = 0; i < size; i += 4096)
				block[i] = 1;
		}
	}
	return NULL; /* The blocks are freed when the process ends. */
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 1);
	size_t stretches = bench_scaled(&args, STRETCHES);

	bench_run_threads(args.threads, work, &stretches, 0);
	return 0;
}
