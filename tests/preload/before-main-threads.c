/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads that allocate before the backend is live, while it goes live, and
 * afterwards never see a failure or a block that is not their own. Libraries
 * start such threads in their constructors.
 */
#include "platform.h"
#include "test.h"

#include <pthread.h>

#define THREADS 3
#define SLOTS 16

static pthread_t threads[THREADS];
static bool is_main_running; /* atomic */
static int running;	     /* atomic: threads that have started */

static void *
work(void *arg)
{
	unsigned char *blocks[SLOTS] = { NULL };
	size_t sizes[SLOTS] = { 0 };
	uint64_t state = (uint64_t)(uintptr_t)arg * 31;
	unsigned int after = 0;

	__atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST);
	/* at least 20,000 rounds once main runs */
	while (after < 20000) {
		unsigned int k = test_random(&state) % SLOTS;
		size_t size = test_random_size(&state, 32);

		if (__atomic_load_n(&is_main_running, __ATOMIC_SEQ_CST))
			after++;
		CHECK(test_is_filled(blocks[k], sizes[k], k));
		if (test_random(&state) % 2 == 0) {
			free(blocks[k]);
			blocks[k] = malloc(size);
			CHECK(blocks[k] != NULL);
		} else {
			free(blocks[k]);
			blocks[k] = calloc(1, size);
			CHECK(blocks[k] != NULL);
			CHECK(test_is_zero(blocks[k], size));
		}
		CHECK(test_is_in_pool(blocks[k]));
		test_fill(blocks[k], size, k);
		sizes[k] = size;
	}
	for (int k = 0; k < SLOTS; k++)
		free(blocks[k]);
	return NULL;
}

static void
preinit(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK(pthread_create(
			      &threads[i], NULL, work, (void *)(i + 1)) == 0);
	while (__atomic_load_n(&running, __ATOMIC_SEQ_CST) < THREADS)
		usleep(100);
}

/* Runs before the constructors of all libraries. */
__attribute__((section(".preinit_array"), used)) static void (*const early)(
	int, char **, char **) = preinit;

int
main(void)
{
	CHECK(vmmalloc_host_get != NULL);
	if (!TEST_HAS_PREINIT)
		test_skip("this C library runs nothing that early");
	__atomic_store_n(&is_main_running, true, __ATOMIC_SEQ_CST);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	return 0;
}
