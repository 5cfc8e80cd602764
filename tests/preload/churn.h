/* SPDX-License-Identifier: BSD-3-Clause */
/* A thread that allocates and frees until the test ends it. */
#ifndef CHURN_H
#define CHURN_H

#include "test.h"

#include <pthread.h>

struct churn {
	pthread_t thread;
	bool is_over; /* atomic */
};

static inline void *
churn_work(void *arg)
{
	struct churn *churn = arg;
	void *blocks[64] = { NULL };
	uint64_t state = 17;

	while (!__atomic_load_n(&churn->is_over, __ATOMIC_RELAXED)) {
		uint64_t r = test_random(&state);
		size_t size = test_random_size(
			&state, r % 100 == 0 ? MIB : (size_t)20000);
		void **block = &blocks[r / 100 % 64];

		free(*block);
		*block = malloc(size);
		CHECK(*block != NULL);
		memset(*block, 1, size < 64 ? size : 64);
	}
	for (int i = 0; i < 64; i++)
		free(blocks[i]);
	return NULL;
}

static inline void
churn_begin(struct churn *churn)
{
	churn->is_over = false;
	CHECK(pthread_create(&churn->thread, NULL, churn_work, churn) == 0);
}

static inline void
churn_end(struct churn *churn)
{
	__atomic_store_n(&churn->is_over, true, __ATOMIC_RELAXED);
	CHECK(pthread_join(churn->thread, NULL) == 0);
}

#endif /* CHURN_H */
