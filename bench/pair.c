/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The loops that bench/instructions counts. Called as
 *
 *	pair MODE BATCHES [SIZE]
 *
 * with blocks of SIZE bytes, 64 if it is not given, where MODE is
 *	same     malloc and free of one block at a time
 *	batch    malloc of a batch, free of the batch, on one thread
 *	remote   as batch, but another thread frees
 *	new      as same, with C++'s operators, if the preload has them
 *	empty, empty-same
 *	         as batch and same, with functions that only return for malloc
 *	         and free: the cost of the loops
 *
 * The loops are in functions of their own (allocate_batch, free_batch,
 * pair_batch), so that callgrind can be told to count in one of them only.
 */
#include "config.h"

#include "bench/bench.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 1000
#define ALIVE 100 /* blocks that stay, so that no slab becomes empty */

/* A function that the compiler neither inlines nor specialises. */
#if __has_attribute(noclone)
#define COUNTED __attribute__((noinline, noclone))
#else
#define COUNTED __attribute__((noinline))
#endif

void allocate_batch(void *(*take)(size_t size));
void free_batch(void (*give)(void *block));
void pair_batch(void *(*take)(size_t size), void (*give)(void *block));

/* operator new(size_t) and operator delete(void *) */
void *_Znwm(size_t size) __attribute__((weak));
void _ZdlPv(void *block) __attribute__((weak));

static size_t block_size = 64;
static void *batch[BATCH];
static sem_t is_full, is_empty;

static void *
take_nothing(size_t size)
{
	(void)size;
	return NULL;
}

static void
give_nothing(void *block)
{
	(void)block;
}

COUNTED void
allocate_batch(void *(*take)(size_t size))
{
	size_t i;

	for (i = 0; i < BATCH; i++)
		batch[i] = take(block_size);
}

COUNTED void
free_batch(void (*give)(void *block))
{
	size_t i;

	for (i = 0; i < BATCH; i++)
		give(batch[i]);
}

COUNTED void
pair_batch(void *(*take)(size_t size), void (*give)(void *block))
{
	size_t i;

	for (i = 0; i < BATCH; i++)
		give(take(block_size));
}

static void *
free_remotely(void *arg)
{
	size_t n = *(size_t *)arg;

	for (; n > 0; n--) {
		sem_wait(&is_full);
		free_batch(free);
		sem_post(&is_empty);
	}
	return NULL;
}

static void
run_remote(size_t batches)
{
	pthread_t thread;
	size_t n;

	sem_init(&is_full, 0, 0);
	sem_init(&is_empty, 0, 0);
	errno = pthread_create(&thread, NULL, free_remotely, &batches);
	if (errno != 0)
		bench_die("pthread_create");
	for (n = 0; n < batches; n++) {
		allocate_batch(malloc);
		sem_post(&is_full);
		sem_wait(&is_empty);
	}
	pthread_join(thread, NULL);
}

static void
run_same(size_t batches, void *(*take)(size_t size), void (*give)(void *block))
{
	for (; batches > 0; batches--)
		pair_batch(take, give);
}

static void
run_batch(size_t batches, void *(*take)(size_t size), void (*give)(void *block))
{
	for (; batches > 0; batches--) {
		allocate_batch(take);
		free_batch(give);
	}
}

int
main(int argc, char **argv)
{
	const char *mode = argc >= 3 ? argv[1] : "";
	size_t batches = argc >= 3 ? strtoul(argv[2], NULL, 10) : 0;
	void *alive[ALIVE];
	int i;

	if (argc > 3)
		block_size = strtoul(argv[3], NULL, 10);
	for (i = 0; i < ALIVE; i++)
		alive[i] = bench_alloc(block_size, 1);
	if (strcmp(mode, "same") == 0) {
		run_same(batches, malloc, free);
	} else if (strcmp(mode, "new") == 0 && _Znwm != NULL) {
		run_same(batches, _Znwm, _ZdlPv);
	} else if (strcmp(mode, "batch") == 0) {
		run_batch(batches, malloc, free);
	} else if (strcmp(mode, "remote") == 0) {
		run_remote(batches);
	} else if (strcmp(mode, "empty") == 0) {
		run_batch(batches, take_nothing, give_nothing);
	} else if (strcmp(mode, "empty-same") == 0) {
		run_same(batches, take_nothing, give_nothing);
	} else {
		errno = EINVAL;
		bench_die("pair MODE BATCHES [SIZE]");
	}
	for (i = 0; i < ALIVE; i++)
		bench_free(alive[i], block_size, 1);
	return 0;
}
