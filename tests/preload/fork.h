/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions that the programs which fork share. */
#ifndef FORK_H
#define FORK_H

#include "test.h"

#include <sys/wait.h>

/*
 * Sizes from a few bytes to those for which an allocator takes a whole extent.
 */
#define HEAP_BLOCKS 300

/* A set of blocks that one process can verify and change as a whole. */
struct heap {
	void *blocks[HEAP_BLOCKS];
	unsigned int seed;
};

static inline size_t
heap_size(unsigned int i)
{
	return i % 100 == 99 ? MIB / 2 + i : (size_t)1 + i * i % 9000;
}

/*
 * Fills every block with a new pattern, after allocating those that are NULL.
 */
static inline void
heap_fill(struct heap *h, unsigned int seed)
{
	for (unsigned int i = 0; i < HEAP_BLOCKS; i++) {
		if (h->blocks[i] == NULL)
			h->blocks[i] = malloc(heap_size(i));
		CHECK(h->blocks[i] != NULL);
		CHECK(test_is_in_pool(h->blocks[i]));
		test_fill(h->blocks[i], heap_size(i), seed + i);
	}
	h->seed = seed;
}

static inline void
heap_verify(const struct heap *h)
{
	for (unsigned int i = 0; i < HEAP_BLOCKS; i++)
		CHECK(h->blocks[i] == NULL ||
			test_is_filled(
				h->blocks[i], heap_size(i), h->seed + i));
}

/* Frees every step-th block. */
static inline void
heap_free(struct heap *h, unsigned int step)
{
	for (unsigned int i = 0; i < HEAP_BLOCKS; i += step) {
		free(h->blocks[i]);
		h->blocks[i] = NULL;
	}
}

/* Verifies, changes, allocates and frees: all uses that a process makes. */
static inline void
heap_use(struct heap *h, unsigned int seed)
{
	heap_verify(h);
	heap_free(h, 2);
	heap_verify(h);
	heap_fill(h, seed);
	heap_verify(h);
}

/* A child that hangs on a lock that no thread releases is ended after this. */
#define CHILD_SECONDS 60

/* fork; ends the test if it fails. */
static inline pid_t
fork_checked(void)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		alarm(CHILD_SECONDS);
	return pid;
}

/* Waits for the child, which must end with status 0. */
static inline void
wait_checked(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	CHECK(WEXITSTATUS(status) == 0);
}

#endif /* FORK_H */
