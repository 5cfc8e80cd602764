/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program lowers its own limits (address space, file size, descriptors): it
 * then gets what it asks for, or ENOMEM, but never a signal; once the limits
 * are restored, everything works again.
 */
#include "fork.h"

#include <sys/resource.h>

#define BLOCKS 4000
#define BLOCK_BYTES ((size_t)50000)

static struct heap heap;
static void *blocks[BLOCKS];

static struct rlimit
lower(int resource, rlim_t to)
{
	struct rlimit was, now;

	CHECK(getrlimit(resource, &was) == 0);
	now = was;
	now.rlim_cur = to;
	CHECK(setrlimit(resource, &now) == 0);
	return was;
}

/* Allocates as many blocks as possible; returns the bytes. */
static size_t
allocate(unsigned int seed)
{
	size_t total = 0, n = 0;

	while (n < BLOCKS) {
		size_t size = n % 40 == 39 ? 4 * MIB : BLOCK_BYTES;

		errno = 0;
		blocks[n] = n % 2 == 0 ? malloc(size) : calloc(1, size);
		if (blocks[n] == NULL) {
			CHECK(errno == ENOMEM);
			break;
		}
		test_fill(blocks[n], size, seed);
		total += size;
		n++;
	}
	for (size_t i = n; i < BLOCKS; i++)
		blocks[i] = NULL;
	for (size_t i = 0; i < n; i++)
		CHECK(test_is_filled(blocks[i], BLOCK_BYTES, seed));
	return total;
}

static void
free_all(void)
{
	for (size_t i = 0; i < BLOCKS; i++)
		free(blocks[i]);
}

/* fork returns a child that works, or fails with ENOMEM. */
static void
try_fork(void)
{
	pid_t pid;

	errno = 0;
	pid = fork();
	if (pid == 0) {
		alarm(CHILD_SECONDS);
		heap_use(&heap, 12);
		_exit(0);
	}
	if (pid > 0)
		wait_checked(pid);
	else
		CHECK(errno == ENOMEM);
	heap_use(&heap, 13);
}

static void
with_limit(int resource, rlim_t limit)
{
	struct rlimit was = lower(resource, limit);
	size_t got;

	heap_use(&heap, 3);
	allocate(4);
	free_all();
	try_fork();
	CHECK(setrlimit(resource, &was) == 0);
	got = allocate(5);
	CHECK(got > 30 * MIB);
	free_all();
	heap_use(&heap, 6);
}

int
main(void)
{
	pid_t pid;

	CHECK(vmmalloc_host_get != NULL);
	heap_fill(&heap, 1);
	/* first, because a fork may make the pool private */
	with_limit(RLIMIT_AS, 8 * MIB);
	with_limit(RLIMIT_FSIZE, MIB);
	with_limit(RLIMIT_FSIZE, 0);
	with_limit(RLIMIT_NOFILE, 3);

	/* in mode 2 it needs the resources that were limited */
	pid = fork_checked();
	heap_use(&heap, 20);
	if (pid == 0)
		_exit(0);
	wait_checked(pid);
	return 0;
}
