/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program for helgrind and drd: raced none has threads that pass blocks to
 * each other under a lock; raced race also has a data race in one of them.
 */
#include "tests/preload/platform.h"
#include "tests/preload/test.h"

#include <pthread.h>

#define THREADS 3
#define GENERATIONS 2
#define ROUNDS 1500
#define SLOTS 64
#define SIZE_MAX_COMMON 3000
#define SIZE_MAX_RARE ((size_t)100 << 10)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *slots[SLOTS];
static char *shared; /* without a lock */
static pthread_barrier_t barrier;

static char *
exchange(unsigned int i, char *block)
{
	char *old;

	CHECK(pthread_mutex_lock(&lock) == 0);
	old = slots[i];
	slots[i] = block;
	CHECK(pthread_mutex_unlock(&lock) == 0);
	return old;
}

static void *
work(void *arg)
{
	uint64_t state = (uint64_t)(uintptr_t)arg * 7919;

	/* before the heap's locks put the threads in an order */
	pthread_barrier_wait(&barrier);
	if (shared != NULL)
		(*(volatile char *)shared)++;
	pthread_barrier_wait(&barrier);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		size_t size = test_random_size(
			&state, i % 256 == 0 ? SIZE_MAX_RARE : SIZE_MAX_COMMON);
		char *block = i % 4 == 0 ? calloc(1, size) : malloc(size);

		CHECK(block != NULL);
		CHECK(test_is_in_pool(block));
		memset(block, 1, size);
		block = exchange(test_random(&state) % SLOTS, block);
		if (block == NULL)
			continue;
		block[0]++;
		if (i % 8 == 0) {
			block = realloc(block, SIZE_MAX_COMMON / 2);
			CHECK(block != NULL);
			block[SIZE_MAX_COMMON / 2 - 1] = 1;
		}
		free(block);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	pthread_t threads[THREADS];

	if (argc > 1 && strcmp(argv[1], "race") == 0) {
		shared = calloc(1, 1);
		CHECK(shared != NULL);
	}
	CHECK(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
	for (uintptr_t g = 0; g < GENERATIONS; g++) {
		for (uintptr_t i = 0; i < THREADS; i++)
			CHECK(pthread_create(&threads[i], NULL, work,
				      (void *)(g * THREADS + i + 1)) == 0);
		for (int i = 0; i < THREADS; i++)
			CHECK(pthread_join(threads[i], NULL) == 0);
	}
	for (unsigned int i = 0; i < SLOTS; i++)
		free(exchange(i, NULL));
	free(shared);
	return 0;
}
