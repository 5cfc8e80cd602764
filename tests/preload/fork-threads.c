/* SPDX-License-Identifier: BSD-3-Clause */
/* fork while other threads allocate: no lock remains held in the child. */
#include "fork.h"

#include <pthread.h>

#define THREADS 3
#define FORKS 40

static struct heap heap;
static bool is_over; /* atomic */

static void *
work(void *arg)
{
	static _Thread_local void *blocks[64];
	uint64_t state = (uint64_t)(uintptr_t)arg * 17;

	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
		unsigned int k = test_random(&state) % 64;
		size_t size = test_random_size(
			&state, test_random(&state) % 200 == 0 ? MIB : 20000);

		blocks[k] = realloc(blocks[k], size);
		CHECK(blocks[k] != NULL);
		memset(blocks[k], 1, size < 64 ? size : 64);
		if (k % 3 == 0) {
			free(blocks[k]);
			blocks[k] = NULL;
		}
	}
	for (int k = 0; k < 64; k++)
		free(blocks[k]);
	return NULL;
}

static void
be_child(void)
{
	uint64_t state = (uint64_t)getpid();

	heap_verify(&heap);
	for (int i = 0; i < 300; i++) {
		void *p = malloc(test_random_size(&state, 30000));

		CHECK(p != NULL);
		memset(p, 2, 1);
		free(p);
	}
	heap_free(&heap, 3);
	heap_verify(&heap);
	_exit(0);
}

int
main(void)
{
	pthread_t threads[THREADS];
	unsigned int forks = test_rounds(FORKS);

	CHECK(vmmalloc_host_get != NULL);
	heap_fill(&heap, 1);
	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK(pthread_create(
			      &threads[i], NULL, work, (void *)(i + 1)) == 0);
	for (unsigned int i = 0; i < forks; i++) {
		pid_t pid = fork_checked();

		if (pid == 0)
			be_child();
		heap_verify(&heap);
		wait_checked(pid);
	}
	__atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	heap_use(&heap, 2);
	return 0;
}
