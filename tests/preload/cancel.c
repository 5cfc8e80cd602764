/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neither allocation nor fork is a cancellation point: a thread with a pending
 * cancellation is not ended inside a call, where it may hold locks.
 */
#include "test.h"

#include <pthread.h>
#include <sys/wait.h>

#define BLOCKS 40

static bool is_done;
static pid_t pid;

static void
allocate(size_t size)
{
	void *blocks[BLOCKS];

	for (int i = 0; i < BLOCKS; i++) {
		blocks[i] = i % 2 == 0 ? malloc(size) : calloc(1, size);
		CHECK(blocks[i] != NULL);
	}
	for (int i = 0; i < BLOCKS; i++) {
		blocks[i] = realloc(blocks[i], 3 * size);
		CHECK(blocks[i] != NULL);
	}
	for (int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
}

static void *
work(void *arg)
{
	(void)arg;
	CHECK(pthread_cancel(pthread_self()) == 0);
	for (size_t size = 8; size <= 2 * MIB; size *= 2)
		allocate(size);
	pid = fork();
	if (pid == 0)
		_exit(0);
	is_done = true;
	pthread_testcancel();
	test_fail(__FILE__, __LINE__, "cancelled");
}

int
main(void)
{
	pthread_t thread;
	void *result;
	int status;

	alarm(60);
	for (int i = 0; i < 2; i++) {
		is_done = false;
		CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
		CHECK(pthread_join(thread, &result) == 0);
		CHECK(result == PTHREAD_CANCELED);
		CHECK(is_done);
		CHECK(waitpid(pid, &status, 0) == pid && status == 0);
		allocate(MIB);
	}
	return 0;
}
