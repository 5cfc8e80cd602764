/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads that load their part of the data at the same time: each allocates
 * blocks of 128 bytes to 1 MiB, 400 MiB in all, and writes to every page for
 * the first time. As much for each thread, so that the wall time of one and of
 * two threads says whether they get memory side by side.
 *
 * After A. Blanchard's will-it-scale (its page_fault programs), with malloc in
 * mmap's place.
 */
#include "config.h"

#include "bench/bench.h"

#define STRETCHES 400		  /* of one thread */
#define STRETCH ((size_t)1 << 20) /* bytes in blocks of one size */
#define SHIFT_MIN 7
#define SHIFT_MAX 20

/* The same for all threads: as much work, and the same sizes, for each. */
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
	return NULL; /* the end of the process frees it */
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 1);
	size_t stretches = bench_scaled(&args, STRETCHES);

	bench_run_threads(args.threads, work, &stretches, 0);
	return 0;
}
