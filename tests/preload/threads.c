/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks pass between threads: any thread frees or resizes blocks of others. */
#include "test.h"

#include <pthread.h>

#define THREADS 4
#define ROUNDS 20000
#define SLOTS 256
#define SIZE_MAX_COMMON ((size_t)16 << 10)
#define SIZE_MAX_RARE (2 * MIB)

struct block {
	size_t size; /* of the body */
	unsigned int seed;
	unsigned char body[];
};

static struct block *slots[SLOTS];

static struct block *
make(uint64_t *state, unsigned int round)
{
	size_t size = test_random_size(
		state, round % 512 == 0 ? SIZE_MAX_RARE : SIZE_MAX_COMMON);
	struct block *b = malloc(sizeof(*b) + size);

	CHECK(b != NULL);
	CHECK(test_is_in_pool(b));
	b->size = size;
	b->seed = (unsigned int)test_random(state);
	test_fill(b->body, size, b->seed);
	return b;
}

static struct block *
resize(struct block *b, uint64_t *state)
{
	size_t size = test_random_size(state, SIZE_MAX_COMMON);
	size_t kept = size < b->size ? size : b->size;

	b = realloc(b, sizeof(*b) + size);
	CHECK(b != NULL);
	CHECK(test_is_filled(b->body, kept, b->seed));
	b->size = size;
	test_fill(b->body, size, b->seed);
	return b;
}

static void
destroy(struct block *b)
{
	if (b == NULL)
		return;
	CHECK(test_is_filled(b->body, b->size, b->seed));
	free(b);
}

static void *
work(void *arg)
{
	uint64_t state = (uint64_t)(uintptr_t)arg * 7919;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct block **slot = &slots[test_random(&state) % SLOTS];
		struct block *made = make(&state, i);
		struct block *old;

		old = __atomic_exchange_n(slot, made, __ATOMIC_ACQ_REL);
		if (old != NULL && i % 4 == 0) {
			CHECK(test_is_filled(old->body, old->size, old->seed));
			old = resize(old, &state);
			old = __atomic_exchange_n(slot, old, __ATOMIC_ACQ_REL);
		}
		destroy(old);
	}
	return NULL;
}

int
main(void)
{
	pthread_t threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK(pthread_create(
			      &threads[i], NULL, work, (void *)(i + 1)) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	for (int i = 0; i < SLOTS; i++)
		destroy(slots[i]);
	return 0;
}
