/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads that first allocate in a full pool: each needs metadata of the
 * allocator, for which a full pool has no room. Their allocations may fail;
 * the process must not end. Run under LD_PRELOAD; the argument is the number of
 * threads, which wait until the pool is full.
 */
#include "config.h"

#include "vmmalloc/backend.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#pragma weak vmmalloc_host_get

#define STACK_SIZE ((size_t)64 << 10)
#define LARGEST ((size_t)1 << 20)
#define SMALLEST ((size_t)64)

struct block {
	struct block *next;
};

static pthread_barrier_t full, done;
static int n_failed; /* atomic: allocations, with ENOMEM */

static void *
work(void *arg)
{
	void *block;

	pthread_barrier_wait(&full);
	block = malloc(1000);
	if (block == NULL && errno == ENOMEM)
		__atomic_fetch_add(&n_failed, 1, __ATOMIC_RELAXED);
	pthread_barrier_wait(&done);
	free(block);
	return arg;
}

static struct block *
fill(void)
{
	struct block *list = NULL;

	for (size_t size = LARGEST; size >= SMALLEST;) {
		struct block *block = malloc(size);

		if (block == NULL) {
			size /= 2;
			continue;
		}
		block->next = list;
		list = block;
	}
	return list;
}

static int
create(pthread_t *threads, int n)
{
	pthread_attr_t attr;
	int r = pthread_attr_init(&attr);

	if (r == 0)
		r = pthread_attr_setstacksize(&attr, STACK_SIZE);
	for (int i = 0; r == 0 && i < n; i++)
		r = pthread_create(&threads[i], &attr, work, NULL);
	pthread_attr_destroy(&attr);
	return r;
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;
	pthread_t *threads = malloc((size_t)n * sizeof(*threads));
	struct block *list;

	if (vmmalloc_host_get == NULL || threads == NULL) {
		puts("skipped: not under libvmmalloc");
		return 77;
	}
	pthread_barrier_init(&full, NULL, (unsigned int)n + 1);
	pthread_barrier_init(&done, NULL, (unsigned int)n + 1);
	if (create(threads, n) != 0) {
		puts("skipped: not that many threads can be created");
		return 77;
	}
	list = fill();
	pthread_barrier_wait(&full);
	pthread_barrier_wait(&done);
	for (int i = 0; i < n; i++)
		if (pthread_join(threads[i], NULL) != 0)
			return 1;
	while (list != NULL) {
		struct block *next = list->next;

		free(list);
		list = next;
	}
	printf("%d allocations of %d failed\n", n_failed, n);
	free(threads);
	threads = malloc(LARGEST);
	if (threads == NULL)
		return 1;
	free(threads);
	return 0;
}
