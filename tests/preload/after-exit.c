/* SPDX-License-Identifier: BSD-3-Clause */
/* Exit handlers and destructors can allocate and free like any other code. */
#include "test.h"

#include <pthread.h>

#define BLOCKS 200

static void *blocks[BLOCKS];
static int stages;

static void
churn(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		size_t size = 1 + i * i % 30000;

		free(blocks[i]);
		blocks[i] = malloc(size);
		CHECK(blocks[i] != NULL);
		CHECK(test_is_in_pool(blocks[i]));
		test_fill(blocks[i], size, i);
	}
	stages++;
}

static void
at_exit(void)
{
	churn();
}

static void
on_exit_too(int status, void *arg)
{
	CHECK(status == 1);
	CHECK(test_is_filled(arg, 100, 8));
	free(arg);
	churn();
}

#ifndef HAVE_ON_EXIT
/* One handler with an argument, for a C library without on_exit. */
static void (*with_argument)(int status, void *arg);
static void *argument;

static void
call_with_argument(void)
{
	with_argument(1, argument);
}

static int
on_exit(void (*function)(int status, void *arg), void *arg)
{
	with_argument = function;
	argument = arg;
	return atexit(call_with_argument);
}
#endif

/* It runs last and sets the exit status to success. */
__attribute__((destructor(101))) static void
destruct_last(void)
{
	churn();
	CHECK(stages == 5);
	for (int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
	_exit(0);
}

__attribute__((destructor(102))) static void
destruct(void)
{
	churn();
}

int
main(void)
{
	void *p = malloc(100);

	CHECK(vmmalloc_host_get != NULL && p != NULL);
	test_fill(p, 100, 8);
	CHECK(atexit(at_exit) == 0);
	CHECK(on_exit(on_exit_too, p) == 0);
	churn();
	printf("flushed at exit, from a buffer in the pool\n");
	return 1;
}
