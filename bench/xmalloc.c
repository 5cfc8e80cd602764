/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Producers and consumers: one thread of each pair allocates batches of blocks,
 * the other frees them. Every free is a remote one.
 *
 * After C. Lever and D. Boreham, "malloc() performance in a multithreaded Linux
 * environment", USENIX 2000 (FREENIX), in the form of xmalloc-test.
 */
#include "config.h"

#include "bench/bench.h"

#include <pthread.h>
#include <stdlib.h>

#define BATCH 120
#define QUEUE 128 /* batches in flight, at most */
#define BATCHES 160000
#define SMALL 16
#define LARGE 512

struct batch {
	void *block[BATCH];
	unsigned short size[BATCH];
};

struct pair {
	uint64_t seed;
	size_t batches;
	pthread_mutex_t lock;
	pthread_cond_t has_changed;
	struct batch *queue[QUEUE];
	size_t put, taken;
};

struct side {
	struct pair *pair;
	int is_producer;
};

static void
produce(struct pair *pair)
{
	size_t n, i;

	for (n = 0; n < pair->batches; n++) {
		struct batch *batch = bench_alloc(sizeof(*batch), 0);

		for (i = 0; i < BATCH; i++) {
			batch->size[i] = (unsigned short)(SMALL +
				bench_below(&pair->seed, LARGE - SMALL));
			batch->block[i] =
				bench_alloc(batch->size[i], (unsigned)i);
		}
		pthread_mutex_lock(&pair->lock);
		while (pair->put - pair->taken == QUEUE)
			pthread_cond_wait(&pair->has_changed, &pair->lock);
		pair->queue[pair->put++ % QUEUE] = batch;
		pthread_cond_signal(&pair->has_changed);
		pthread_mutex_unlock(&pair->lock);
	}
}

static void
consume(struct pair *pair)
{
	size_t n, i;

	for (n = 0; n < pair->batches; n++) {
		struct batch *batch;

		pthread_mutex_lock(&pair->lock);
		while (pair->put == pair->taken)
			pthread_cond_wait(&pair->has_changed, &pair->lock);
		batch = pair->queue[pair->taken++ % QUEUE];
		pthread_cond_signal(&pair->has_changed);
		pthread_mutex_unlock(&pair->lock);
		for (i = 0; i < BATCH; i++)
			bench_free(
				batch->block[i], batch->size[i], (unsigned)i);
		free(batch);
	}
}

static void *
run_side(void *arg)
{
	struct side *side = arg;

	if (side->is_producer)
		produce(side->pair);
	else
		consume(side->pair);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 2);
	unsigned pairs = (args.threads + 1) / 2;
	struct pair *pair = calloc(pairs, sizeof(*pair));
	struct side *side = calloc(2 * pairs, sizeof(*side));
	unsigned i;

	if (pair == NULL || side == NULL)
		bench_die("calloc");
	for (i = 0; i < pairs; i++) {
		pair[i].seed = bench_seed(i);
		pair[i].batches = bench_scaled(&args, BATCHES);
		pthread_mutex_init(&pair[i].lock, NULL);
		pthread_cond_init(&pair[i].has_changed, NULL);
		side[2 * i] = (struct side){ &pair[i], 1 };
		side[2 * i + 1] = (struct side){ &pair[i], 0 };
	}
	bench_run_threads(2 * pairs, run_side, side, sizeof(*side));
	free(side);
	free(pair);
	return 0;
}
