/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads that load their part of the data at the same time: each allocates
 * blocks of 128 bytes to 1 MiB, 400 MiB in all, and writes to every page for
 * the first time. As much for each thread, so that the wall time of one and of
 * two threads says whether they get memory side by side.
 */
#include "config.h"

#include "bench/bench.h"

#include <stdlib.h>

#define BYTES ((size_t)400 << 20) /* of one thread */
#define STRETCH ((size_t)1 << 20) /* of blocks of one size */
#define SHIFT_MIN 7
#define SHIFT_MAX 20

struct worker {
	uint64_t seed; /* the same for all */
	size_t bytes;
};

static void *
work(void *arg)
{
	struct worker *worker = arg;
	size_t bytes, done, i;

	for (bytes = 0; bytes < worker->bytes; bytes += STRETCH) {
		size_t size = (size_t)1 << (SHIFT_MIN +
				      bench_below(&worker->seed,
					      SHIFT_MAX - SHIFT_MIN + 1));

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
	struct worker *workers = calloc(args.threads, sizeof(*workers));
	unsigned i;

	if (workers == NULL)
		bench_die("calloc");
	for (i = 0; i < args.threads; i++) {
		workers[i].seed = bench_seed(0);
		workers[i].bytes = bench_scaled(&args, BYTES);
	}
	bench_run_threads(args.threads, work, workers, sizeof(*workers));
	free(workers);
	return 0;
}
