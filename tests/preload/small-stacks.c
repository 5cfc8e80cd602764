/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads with the smallest stack, 16 KiB, can allocate: they have as much of
 * it left as without libvmmalloc, although its thread-local storage is large.
 * Lazy binding of the program's own calls takes 3 KiB of the stack.
 */
#include "test.h"

#include <limits.h>
#include <limits.h>
#include <pthread.h>

/* glibc's minimum on x86; elsewhere it can be larger. */
#define SIZE_SMALLEST ((size_t)16384)
#define THREADS 8
#define LEFT_MIN ((size_t)9 << 10) /* glibc alone leaves 11.8 KiB */

/* The end of the guard page, that is, the lowest usable byte. */
static char *
stack_start(void)
{
	pthread_attr_t attr;
	size_t size;
	void *start;

	CHECK(pthread_getattr_np(pthread_self(), &attr) == 0);
	CHECK(pthread_attr_getstack(&attr, &start, &size) == 0);
	pthread_attr_destroy(&attr);
	return (char *)start;
}

/* The least that any thread of a program does. */
static void
allocate(void)
{
	char *p = (char *)malloc(100);
	char *q;

	CHECK(p != NULL);
	q = (char *)calloc(10, 1000);
	CHECK(q != NULL && test_is_in_pool(q));
	q = (char *)realloc(q, 300000);
	CHECK(q != NULL && test_is_in_pool(q));
	free(p);
	free(q);
	CHECK(posix_memalign((void **)&p, 4096, 4000000) == 0);
	free(p);
}

static void *
work(void *arg)
{
	allocate();
	if (arg != NULL) {
		*(size_t *)arg = (size_t)((char *)&arg - stack_start());
		allocate();
	}
	return NULL;
}

static void
run(const pthread_attr_t *attr, size_t *left)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&threads[i], attr, work, left) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
}

int
main(void)
{
	pthread_attr_t attr;
	size_t smallest = SIZE_SMALLEST;
	size_t left = 0;
	size_t size;

	CHECK(pthread_attr_init(&attr) == 0);
	if (pthread_attr_setstacksize(&attr, smallest) != 0) {
		smallest = (size_t)PTHREAD_STACK_MIN;
		CHECK(pthread_attr_setstacksize(&attr, smallest) == 0);
	}
	/* the critical case first, before any symbol is resolved */
	run(&attr, NULL);
	run(&attr, &left);
	printf("%zu bytes left of %zu\n", left, smallest);
	CHECK(left >= LEFT_MIN);
	CHECK(pthread_attr_getstacksize(&attr, &size) == 0);
	CHECK(size == smallest); /* the program's own is not changed */
	for (size = smallest; size <= 20 * smallest; size += 12288) {
		CHECK(pthread_attr_setstacksize(&attr, size) == 0);
		run(&attr, NULL);
	}
	pthread_attr_destroy(&attr);

	/* the program's own stack is not replaced */
	CHECK(pthread_attr_init(&attr) == 0);
	size = smallest + 4096;
	for (int i = 0; i < 2; i++) {
		pthread_t thread;
		void *stack = aligned_alloc(4096, size);

		CHECK(stack != NULL);
		CHECK(pthread_attr_setstack(&attr, stack, size) == 0);
		CHECK(pthread_create(&thread, &attr, work, &left) == 0);
		CHECK(pthread_join(thread, NULL) == 0);
		CHECK(left < size);
		free(stack);
	}
	pthread_attr_destroy(&attr);
	run(NULL, NULL);
	return 0;
}
