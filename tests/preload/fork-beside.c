/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads create processes in different ways at the same time, by fork(),
 * forkpty() and daemon(): each way works as it does alone, and none makes
 * another one fail.
 */
#include "fork.h"
#include "platform.h"

#include <dlfcn.h>
#include <pthread.h>

#define ROUNDS 25

static struct heap heap; /* unchanged in the first process */
static int (*call_forkpty)(int *, char *, const void *, const void *);

static void
be_child(unsigned int seed)
{
	alarm(CHILD_SECONDS);
	heap_use(&heap, seed);
	_exit(0);
}

/* Bytes that a thread allocates and frees between its forks. */
static void
allocate(void)
{
	for (size_t size = 10; size < MIB / 4; size *= 3) {
		void *p = malloc(size);

		CHECK(p != NULL);
		test_fill(p, size, 1);
		free(p);
	}
}

static void *
by_fork(void *arg)
{
	for (unsigned int i = 0; i < test_rounds(ROUNDS); i++) {
		pid_t pid = fork();

		CHECK(pid >= 0);
		if (pid == 0)
			be_child(i);
		allocate();
		wait_checked(pid);
	}
	return arg;
}

static void *
by_forkpty(void *arg)
{
	for (unsigned int i = 0; i < test_rounds(ROUNDS); i++) {
		int terminal;
		pid_t pid = call_forkpty(&terminal, NULL, NULL, NULL);

		CHECK(pid >= 0);
		if (pid == 0)
			be_child(i);
		allocate();
		wait_checked(pid);
		close(terminal);
	}
	return arg;
}

/* A daemon is not a child of this process: it reports by a pipe. */
static void *
by_daemon(void *arg)
{
	for (unsigned int i = 0; i < test_rounds(ROUNDS); i++) {
		int ended[2];
		char byte;
		pid_t pid;

		CHECK(pipe(ended) == 0);
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			alarm(CHILD_SECONDS);
			CHECK(daemon(1, 1) == 0);
			alarm(CHILD_SECONDS);
			heap_use(&heap, i);
			CHECK(write(ended[1], "", 1) == 1);
			_exit(0);
		}
		wait_checked(pid);
		allocate();
		CHECK(read(ended[0], &byte, 1) == 1);
		close(ended[0]);
		close(ended[1]);
	}
	return arg;
}

int
main(void)
{
	void *(*const ways[])(void *) = {
		by_fork,
		by_fork,
		by_forkpty,
		by_forkpty,
		by_daemon,
	};
	pthread_t threads[sizeof(ways) / sizeof(ways[0])];
	size_t n = sizeof(ways) / sizeof(ways[0]);
	void *found = dlsym(RTLD_DEFAULT, "forkpty");
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);

	if (found == NULL || terminal < 0)
		test_skip("no terminal to be had");
	close(terminal);
	memcpy(&call_forkpty, &found, sizeof(found));
	heap_fill(&heap, 1);
	for (size_t i = 0; i < n; i++)
		CHECK(pthread_create(&threads[i], NULL, ways[i], NULL) == 0);
	for (size_t i = 0; i < n; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	heap_use(&heap, 2);
	return 0;
}
