/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A storm of short threads: each allocates some dozens of blocks, frees most of
 * them, and leaves the others to the main thread; a few threads run at a time.
 *
 * The one-thread-per-request server of C. Lever and D. Boreham, "malloc()
 * performance in a multithreaded Linux environment", USENIX 2000 (FREENIX).
 */
#include "config.h"

#include "bench/bench.h"

#include <stdlib.h>

#define THREADS 24000
#define BLOCKS 64
#define LEFT 8 /* blocks that the main thread frees */
#define SIZE_MIN 16
#define SIZE_SPAN 1000

struct request {
	uint64_t seed;
	void *block[BLOCKS];
	size_t size[BLOCKS];
};

static void *
handle(void *arg)
{
	struct request *request = arg;
	int i;

	for (i = 0; i < BLOCKS; i++) {
		request->size[i] =
			SIZE_MIN + bench_below(&request->seed, SIZE_SPAN);
		request->block[i] = bench_alloc(request->size[i], (unsigned)i);
	}
	for (i = LEFT; i < BLOCKS; i++)
		bench_free(request->block[i], request->size[i], (unsigned)i);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 4);
	size_t rounds = bench_scaled(&args, THREADS) / args.threads;
	struct request *requests = calloc(args.threads, sizeof(*requests));
	unsigned i;
	int j;

	if (requests == NULL)
		bench_die("calloc");
	for (i = 0; i < args.threads; i++)
		requests[i].seed = bench_seed(i);
	for (rounds += rounds == 0; rounds > 0; rounds--) {
		bench_run_threads(
			args.threads, handle, requests, sizeof(*requests));
		for (i = 0; i < args.threads; i++) {
			for (j = 0; j < LEFT; j++)
				bench_free(requests[i].block[j],
					requests[i].size[j], (unsigned)j);
		}
	}
	free(requests);
	return 0;
}
