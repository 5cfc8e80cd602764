/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * After fork, parent and child each have a heap of their own, however they
 * change it and whichever ends first.
 */
#include "fork.h"

static struct heap heap;

/* The child ends while the parent lives. */
static void
child_first(unsigned int round)
{
	pid_t pid;

	heap_fill(&heap, round);
	pid = fork_checked();
	if (pid == 0) {
		heap_use(&heap, round + 50);
		heap_free(&heap, 1);
		_exit(0);
	}
	heap_verify(&heap);
	wait_checked(pid);
	heap_verify(&heap);
	heap_use(&heap, round + 100);
}

/* Both change their heaps at the same time. */
static void
at_the_same_time(unsigned int round)
{
	unsigned int uses = test_long_rounds(20);
	pid_t pid;

	heap_fill(&heap, round);
	pid = fork_checked();
	for (unsigned int i = 0; i < uses; i++)
		heap_use(&heap, (pid == 0 ? 40 : 140) + i);
	if (pid == 0)
		_exit(0);
	wait_checked(pid);
	heap_use(&heap, round);
}

/*
 * The parent, which here is a child itself, changes its heap and ends before
 * the child has used its own.
 */
static void
parent_first(unsigned int round)
{
	int alive[2], done[2];
	char byte;
	pid_t pid;

	CHECK(pipe(alive) == 0 && pipe(done) == 0);
	heap_fill(&heap, round);
	pid = fork_checked();
	if (pid == 0) {
		if (fork_checked() != 0) {
			heap_use(&heap, round + 60);
			heap_free(&heap, 1);
			_exit(0);
		}
		close(alive[1]);
		CHECK(read(alive[0], &byte, 1) == 0); /* the parent has ended */
		heap_use(&heap, round + 70);
		CHECK(write(done[1], "", 1) == 1);
		_exit(0);
	}
	close(alive[1]);
	close(done[1]);
	wait_checked(pid);
	CHECK(read(done[0], &byte, 1) == 1);
	close(alive[0]);
	close(done[0]);
	heap_verify(&heap);
}

int
main(void)
{
	unsigned int rounds = test_long_rounds(5);

	CHECK(vmmalloc_host_get != NULL);
	for (unsigned int round = 0; round < rounds; round++) {
		child_first(round);
		at_the_same_time(round);
		parent_first(round);
	}
	heap_free(&heap, 1);
	return 0;
}
