/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Many thread-specific keys, and threads that keep blocks of the heap as their
 * values. glibc allocates when a thread first sets one of the keys from 32 on:
 * if the heap's own key is one of these, setting it must not call the heap
 * itself.
 */
#ifndef KEYS_H
#define KEYS_H

#include "test.h"

#include <pthread.h>

#define KEYS 40
#define KEYS_THREADS 8
#define KEYS_SIZE 100

static pthread_key_t keys[KEYS];

/* A destructor: the block must be unchanged. */
static inline void
keys_free(void *block)
{
	CHECK(test_is_filled(block, KEYS_SIZE, 1));
	free(block);
}

/* Does not allocate, so that it can run first in a process. */
static inline void
keys_make(void)
{
	for (int i = 0; i < KEYS; i++)
		CHECK(pthread_key_create(&keys[i], keys_free) == 0);
}

static inline void *
keys_set(void *arg)
{
	(void)arg;
	for (int i = 0; i < KEYS; i++) {
		void *block = malloc(KEYS_SIZE);

		CHECK(block != NULL && test_is_in_pool(block));
		test_fill(block, KEYS_SIZE, 1);
		CHECK(pthread_setspecific(keys[i], block) == 0);
	}
	return NULL;
}

static inline void
keys_use(void)
{
	pthread_t threads[KEYS_THREADS];

	keys_set(NULL);
	for (int i = 0; i < KEYS_THREADS; i++)
		CHECK(pthread_create(&threads[i], NULL, keys_set, NULL) == 0);
	for (int i = 0; i < KEYS_THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
}

#endif /* KEYS_H */
