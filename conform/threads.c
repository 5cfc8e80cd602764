/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads: blocks that pass between them, and blocks that are left when they
 * end.
 */
#include "conform/conform.h"

#include <pthread.h>

#define THREADS 4
#define ROUNDS 4000
#define SLOTS 64

struct block {
	size_t size; /* of the body */
	unsigned int seed;
	unsigned char body[];
};

static struct block *slots[SLOTS];

static void
start(pthread_t *thread, void *(*work)(void *), void *arg)
{
	int error = pthread_create(thread, NULL, work, arg);

	REQUIRE(error == 0, "pthread_create: %s", strerror(error));
}

static void
check_body(const struct block *b, size_t size)
{
	REQUIRE(test_is_filled(b->body, size, b->seed),
		"a block of %zu bytes is not as another thread left it",
		b->size);
}

static void *
swap_blocks(void *arg)
{
	uint64_t state = (uint64_t)(uintptr_t)arg * 7919;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		size_t size =
			test_random_size(&state, i % 512 == 0 ? MIB : 8 << 10);
		struct block *b = vmm_conform_malloc(sizeof(*b) + size);

		b->size = size;
		b->seed = (unsigned int)test_random(&state);
		test_fill(b->body, size, b->seed);
		b = __atomic_exchange_n(&slots[test_random(&state) % SLOTS], b,
			__ATOMIC_ACQ_REL);
		if (b == NULL)
			continue;
		check_body(b, b->size);
		if (i % 8 == 0) {
			b = realloc(b, sizeof(*b) + b->size / 2);
			REQUIRE(b != NULL, "realloc to fewer bytes fails");
			check_body(b, b->size / 2);
		}
		free(b);
	}
	return NULL;
}

void
vmm_check_threads(void)
{
	pthread_t threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		start(&threads[i], swap_blocks, (void *)(i + 1));
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < SLOTS; i++) {
		if (slots[i] != NULL)
			check_body(slots[i], slots[i]->size);
		free(slots[i]);
	}
}

static pthread_key_t key;

/* Destructors run in rounds, and may allocate and free in each. */
static void
at_end(void *arg)
{
	struct block *b = arg;

	check_body(b, b->size);
	if (b->seed % 3 != 0) {
		struct block *again =
			vmm_conform_malloc(sizeof(*b) + b->size + 1);

		again->size = b->size + 1;
		again->seed = b->seed + 1;
		test_fill(again->body, again->size, again->seed);
		pthread_setspecific(key, again);
	}
	free(b);
}

static void *
leave_something(void *arg)
{
	struct block **left = arg;
	struct block *b = vmm_conform_malloc(sizeof(*b) + 1000);

	b->size = 1000;
	b->seed = 1;
	test_fill(b->body, b->size, b->seed);
	pthread_setspecific(key, b);
	b = vmm_conform_malloc(sizeof(*b) + 3000);
	b->size = 3000;
	b->seed = 5;
	test_fill(b->body, b->size, b->seed);
	*left = b;
	return NULL;
}

/* Blocks outlive the thread that made them. */
void
vmm_check_thread_exit(void)
{
	enum { N = 200 };
	static struct block *left[N];
	pthread_t threads[THREADS];

	REQUIRE(pthread_key_create(&key, at_end) == 0, "pthread_key_create");
	for (int i = 0; i < N; i++) {
		if (i >= THREADS)
			pthread_join(threads[i % THREADS], NULL);
		start(&threads[i % THREADS], leave_something, &left[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < N; i++) {
		struct block *b = left[i];

		check_body(b, b->size);
		b = realloc(b, sizeof(*b) + 5000);
		REQUIRE(b != NULL,
			"realloc of a block whose thread has ended fails");
		check_body(b, b->size);
		left[i] = b;
	}
	for (int i = 0; i < N; i++)
		free(left[i]);
}

static void *
use_and_end(void *arg)
{
	enum { N = 64 };
	void *blocks[N];
	size_t size = *(const size_t *)arg;

	for (int i = 0; i < N; i++) {
		blocks[i] = malloc(size / N);
		EXPECT(blocks[i] != NULL,
			"memory that a thread has freed is lost when it ends");
		memset(blocks[i], 1, size / N);
	}
	for (int i = 0; i < N; i++)
		free(blocks[i]);
	return NULL;
}

/*
 * Not required: memory that a thread has cached can be allocated again after it
 * has ended.
 */
void
vmm_check_thread_reuse(void)
{
	enum { N = 400 };
	/* all threads together need four times the pool */
	size_t size = vmm_conform_host()->pool_size / (N / 4);

	for (int i = 0; i < N; i++) {
		pthread_t thread;

		start(&thread, use_and_end, &size);
		pthread_join(thread, NULL);
	}
}
