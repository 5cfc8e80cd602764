/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mixed sizes, mixed lifetimes, some blocks wandering between threads, and the
 * threads themselves replaced every round.
 *
 * After mstress and test-stress of D. Leijen, B. Zorn and L. de Moura,
 * "Mimalloc: free list sharding in action", APLAS 2019.
 */
#include "config.h"

#include "bench/bench.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 120
#define OPERATIONS 80000 /* per thread and round */
#define RETAINED 8192	 /* blocks that a thread holds at most */
#define SHARED 1024	 /* slots through which blocks change threads */

struct block {
	size_t size; /* of the whole block, in bytes */
	unsigned char data[];
};

struct worker {
	uint64_t seed;
	size_t operations;
	size_t used;
	struct block *held[RETAINED];
};

static _Atomic(struct block *) places[SHARED];

/* Mostly a few words; one in 100 up to 4 KiB, one in 2000 up to 128 KiB. */
static size_t
draw_size(uint64_t *seed)
{
	size_t lot = bench_below(seed, 2000);
	size_t words = 2 + bench_below(seed, 30);

	if (lot == 0)
		words *= 512;
	else if (lot <= 20)
		words *= 16;
	return words * sizeof(void *);
}

static struct block *
make_block(uint64_t *seed)
{
	size_t size = draw_size(seed);
	struct block *block = malloc(size);

	if (block == NULL)
		bench_die("malloc");
	block->size = size;
	bench_fill(block->data, size - sizeof(*block), (unsigned)size / 8);
	return block;
}

static void
drop_block(struct block *block)
{
	if (block == NULL)
		return;
	bench_check(block->data, block->size - sizeof(*block),
		(unsigned)block->size / 8);
	free(block);
}

/* Puts one of the worker's blocks into a slot and frees the block in it. */
static void
exchange(struct worker *worker, size_t i)
{
	size_t place = bench_below(&worker->seed, SHARED);

	drop_block(atomic_exchange(&places[place], worker->held[i]));
	worker->held[i] = worker->held[--worker->used];
}

static void *
work(void *arg)
{
	struct worker *worker = arg;
	size_t n;

	for (n = 0; n < worker->operations; n++) {
		size_t lot = bench_below(&worker->seed, 100);
		size_t i;

		if (worker->used == 0 ||
			(lot < 52 && worker->used < RETAINED)) {
			worker->held[worker->used++] =
				make_block(&worker->seed);
			continue;
		}
		i = bench_below(&worker->seed, worker->used);
		if (lot >= 95) {
			exchange(worker, i);
		} else {
			drop_block(worker->held[i]);
			worker->held[i] = worker->held[--worker->used];
		}
	}
	/* Half of the blocks live on into the next round. */
	while (worker->used > RETAINED / 2)
		drop_block(worker->held[--worker->used]);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 2);
	struct worker *workers = calloc(args.threads, sizeof(*workers));
	size_t i, round;

	if (workers == NULL)
		bench_die("calloc");
	for (i = 0; i < args.threads; i++) {
		workers[i].seed = bench_seed((unsigned)i);
		workers[i].operations = bench_scaled(&args, OPERATIONS);
	}
	for (round = 0; round < ROUNDS; round++)
		bench_run_threads(
			args.threads, work, workers, sizeof(*workers));
	for (i = 0; i < args.threads; i++) {
		while (workers[i].used > 0)
			drop_block(workers[i].held[--workers[i].used]);
	}
	for (i = 0; i < SHARED; i++)
		drop_block(places[i]);
	free(workers);
	return 0;
}
