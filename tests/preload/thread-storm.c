/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * 10,000 short threads, some in parallel, and as many one after the other:
 * memory that they cached is reused, not lost.
 */
#include "test.h"

#include <pthread.h>
#include <sys/stat.h>

#define THREADS 10000
#define WARM_UP 1000
#define AT_ONCE 8
#define GROWTH_MAX (16 * MIB) /* 9,000 threads times a page are 35 MiB */

static void *inbox[AT_ONCE];

static void *
work(void *arg)
{
	void **slot = (void **)arg;
	uint64_t state = (uint64_t)(uintptr_t)&state | 1;
	void *blocks[20];

	free(*slot); /* the block of a thread that has ended */
	for (int i = 0; i < 20; i++) {
		size_t size = test_random_size(&state, 10000);

		blocks[i] = malloc(size);
		CHECK(blocks[i] != NULL);
		test_fill(blocks[i], size, 1);
	}
	for (int i = 1; i < 20; i++)
		free(blocks[i]);
	*slot = blocks[0];
	return NULL;
}

/* Leaves what it freed, and nothing else, to the next thread. */
static void *
work_alone(void *arg)
{
	void *blocks[64];

	(void)arg;
	for (int i = 0; i < 64; i++) {
		blocks[i] = malloc(256);
		CHECK(blocks[i] != NULL);
		test_fill(blocks[i], 256, 1);
	}
	for (int i = 0; i < 64; i++)
		free(blocks[i]);
	return NULL;
}

/* Backing memory of the pool's file, in bytes. */
static size_t
storage(void)
{
	for (int fd = 0; fd < 2000; fd++) {
		struct stat st;

		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
			st.st_nlink == 0 &&
			(size_t)st.st_size == vmmalloc_host_get()->pool_size)
			return (size_t)st.st_blocks * 512;
	}
	CHECK(!"the pool's descriptor is open");
	return 0;
}

int
main(void)
{
	pthread_t threads[AT_ONCE];
	size_t warm = 0;

	CHECK(vmmalloc_host_get != NULL);
	for (int i = 0; i < THREADS; i++) {
		int k = i % AT_ONCE;

		if (i >= AT_ONCE)
			CHECK(pthread_join(threads[k], NULL) == 0);
		CHECK(pthread_create(&threads[k], NULL, work, &inbox[k]) == 0);
		if (i == WARM_UP)
			warm = storage();
	}
	for (int k = 0; k < AT_ONCE; k++) {
		CHECK(pthread_join(threads[k], NULL) == 0);
		free(inbox[k]);
	}
	for (int i = 0; i < THREADS; i++) {
		CHECK(pthread_create(&threads[0], NULL, work_alone, NULL) == 0);
		CHECK(pthread_join(threads[0], NULL) == 0);
	}
	CHECK(warm > 0);
	CHECK(storage() <= warm + GROWTH_MAX);
	return 0;
}
