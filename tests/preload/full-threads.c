/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads in a full pool: pthread_create returns EAGAIN, or creates a thread
 * that runs, whose allocations may fail and whose frees work. Nothing crashes,
 * and once memory is free again, threads can be created again.
 */
#include "test.h"

#include <pthread.h>
#include <threads.h>

#define ROUNDS 20
#define THREADS 16
#define SMALLEST ((size_t)16)

struct block {
	struct block *next;
};

/* Fills the pool down to the last block of the smallest size. */
static struct block *
fill(void)
{
	struct block *list = NULL;

	for (size_t size = MIB; size >= SMALLEST;) {
		struct block *block = malloc(size);

		if (block == NULL) {
			CHECK(errno == ENOMEM);
			size /= 2;
			continue;
		}
		block->next = list;
		list = block;
	}
	return list;
}

/* Frees the first n blocks of the list; returns the others. */
static struct block *
empty(struct block *list, size_t n)
{
	while (list != NULL && n-- > 0) {
		struct block *next = list->next;

		free(list);
		list = next;
	}
	return list;
}

static unsigned int n_allocations; /* atomic: successful ones */

static void *
work(void *arg)
{
	static const size_t sizes[] = { 16, 100, 3000, 28672, 32768, 200000 };

	free(arg); /* a block of the thread that created this one */
	for (int i = 0; i < 60; i++) {
		size_t size = sizes[i % 6];
		void *block = malloc(size);

		if (block == NULL)
			continue;
		test_fill(block, size, 1);
		CHECK(test_is_in_pool(block));
		__atomic_fetch_add(&n_allocations, 1, __ATOMIC_RELAXED);
		free(block);
	}
	return NULL;
}

/* Returns how many threads could be created. */
static int
run_threads(struct block **list)
{
	pthread_t threads[THREADS];
	int n = 0;

	for (int i = 0; i < THREADS; i++) {
		struct block *block = *list;
		int r;

		if (block != NULL)
			*list = block->next;
		r = pthread_create(&threads[n], NULL, work, block);
		CHECK(r == 0 || r == EAGAIN || r == ENOMEM);
		if (r == 0)
			n++;
		else
			free(block);
	}
	for (int i = 0; i < n; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	return n;
}

static int
work_c11(void *arg)
{
	work(arg);
	return 0;
}

/* One at a time: libvmmalloc cannot intercept the creation of such a thread. */
static void
run_c11_thread(void)
{
	thrd_t thread;
	int r = thrd_create(&thread, work_c11, NULL);

	CHECK(r == thrd_success || r == thrd_nomem || r == thrd_error);
	if (r == thrd_success)
		CHECK(thrd_join(thread, NULL) == thrd_success);
}

int
main(void)
{
	int n = 0;

	CHECK(vmmalloc_host_get != NULL);
	for (size_t round = 0; round < ROUNDS; round++) {
		struct block *none = NULL;
		struct block *list = fill();

		/* no thread frees anything at first */
		run_c11_thread();
		n += run_threads(&none);
		n += run_threads(&list);
		/* now there is room for small blocks */
		list = empty(list, round * 500);
		n += run_threads(&list);
		empty(list, SIZE_MAX);
	}
	printf("%d threads of %d in a full pool\n", n, 3 * ROUNDS * THREADS);
	n_allocations = 0;
	CHECK(run_threads(&(struct block *){ NULL }) == THREADS);
	CHECK(n_allocations == THREADS * 60);
	return 0;
}
