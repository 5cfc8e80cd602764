/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads that use the heap for the first time in a destructor of their
 * thread-specific data, when they end, and only free there: what a thread has
 * of its own for that is gone with it.
 */
#include "parts.h"
#include "usage.h"

#include <pthread.h>

#define THREADS 2000
#define WARM_UP 100
#define GROWTH_MAX (8 * MIB)

static pthread_key_t key;
static size_t block_bytes;
static bool allocates;

static void
destroy(void *value)
{
	free(value);
	if (allocates)
		free(malloc(block_bytes));
}

static void *
work(void *arg)
{
	CHECK(pthread_setspecific(key, arg) == 0);
	return NULL;
}

static void
run(unsigned int threads)
{
	for (unsigned int i = 0; i < threads; i++) {
		void *block = malloc(block_bytes);
		pthread_t thread;

		CHECK(block != NULL);
		CHECK(pthread_create(&thread, NULL, work, block) == 0);
		CHECK(pthread_join(thread, NULL) == 0);
	}
}

static void
threads_of(size_t size)
{
	size_t committed, own, space;

	block_bytes = size;
	CHECK(pthread_key_create(&key, destroy) == 0);
	run(WARM_UP);
	committed = vmmalloc_host_get != NULL ? test_committed() : 0;
	own = usage_status("RssAnon");
	space = usage_status("VmSize");
	run(test_rounds(THREADS));
	CHECK(usage_status("RssAnon") < own + GROWTH_MAX);
	CHECK(usage_status("VmSize") < space + 4 * GROWTH_MAX);
	if (vmmalloc_host_get != NULL)
		CHECK(test_committed() < committed + GROWTH_MAX);
}

static void
small(void)
{
	threads_of(100);
}

static void
medium(void)
{
	threads_of(20000);
}

static void
small_and_allocates(void)
{
	allocates = true;
	threads_of(100);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "small", small, NULL },
		{ "medium", medium, NULL },
		{ "small-and-allocates", small_and_allocates, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
