/* SPDX-License-Identifier: BSD-3-Clause */
/* Several threads fork at the same time, and each waits for its own child. */
#include "fork.h"

#include <pthread.h>

#define THREADS 4
#define FORKS 8
#define BLOCKS 50

struct worker {
	pthread_t thread;
	unsigned int number;
	void *blocks[BLOCKS];
};

static struct worker workers[THREADS];
static struct heap heap; /* unchanged until the threads end */

static size_t
block_size(unsigned int i)
{
	return 1 + i * 613;
}

static void
renew(struct worker *w, unsigned int seed)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		free(w->blocks[i]);
		w->blocks[i] = malloc(block_size(i));
		CHECK(w->blocks[i] != NULL);
		test_fill(w->blocks[i], block_size(i), seed + i);
	}
}

static void
verify(const struct worker *w, unsigned int seed)
{
	for (unsigned int i = 0; i < BLOCKS; i++)
		CHECK(test_is_filled(w->blocks[i], block_size(i), seed + i));
}

static void *
work(void *arg)
{
	struct worker *w = arg;

	for (unsigned int round = 0; round < FORKS; round++) {
		unsigned int seed = w->number * 100 + round;
		pid_t pid;

		renew(w, seed);
		pid = fork_checked();
		verify(w, seed);
		if (pid == 0) {
			heap_use(&heap, seed);
			renew(w, seed + 1);
			verify(w, seed + 1);
			_exit(0);
		}
		renew(w, seed + 2);
		wait_checked(pid);
		verify(w, seed + 2);
	}
	return NULL;
}

int
main(void)
{
	CHECK(vmmalloc_host_get != NULL);
	heap_fill(&heap, 1);
	for (unsigned int i = 0; i < THREADS; i++) {
		workers[i].number = i;
		CHECK(pthread_create(&workers[i].thread, NULL, work,
			      &workers[i]) == 0);
	}
	for (unsigned int i = 0; i < THREADS; i++)
		CHECK(pthread_join(workers[i].thread, NULL) == 0);
	heap_use(&heap, 2);
	return 0;
}
