/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thread-specific keys that were created before the library's constructor ran,
 * as libraries of a large program do: more than fit in the C library without an
 * allocation. Threads still start, allocate and end.
 */
#include "platform.h"
#include "test.h"

#include <pthread.h>

#define KEYS 40
#define THREADS 100

static pthread_key_t keys[KEYS];
static unsigned int n_destroyed; /* atomic */

static void
destroy(void *value)
{
	free(value);
	__atomic_fetch_add(&n_destroyed, 1, __ATOMIC_RELAXED);
}

static void
make_keys(void)
{
	for (int i = 0; i < KEYS; i++)
		CHECK(pthread_key_create(&keys[i], destroy) == 0);
}

__attribute__((section(".preinit_array"), used)) static void (*const preinit)(
	void) = make_keys;

static void *
work(void *arg)
{
	void *p = malloc(100);

	CHECK(p != NULL && test_is_in_pool(p));
	for (int i = 0; i < KEYS; i++)
		CHECK(pthread_setspecific(keys[i], malloc(10)) == 0);
	free(p);
	free(malloc(MIB));
	return arg;
}

int
main(void)
{
	pthread_t thread;

	if (!TEST_HAS_PREINIT)
		test_skip("this libc does not run .preinit_array");
	for (unsigned int i = 1; i <= THREADS; i++) {
		CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
		CHECK(pthread_join(thread, NULL) == 0);
		CHECK(n_destroyed == i * KEYS);
	}
	work(NULL);
	return 0;
}
