/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mode 0: the pool stays shared after fork. What a child may do then is exec,
 * or end; the parent goes on with every block as it was.
 */
#include "fork.h"

static struct heap heap;

int
main(void)
{
	CHECK(vmmalloc_host_get != NULL);
	heap_fill(&heap, 1);
	for (unsigned int i = 0; i < 20; i++) {
		pid_t pid = fork_checked();

		if (pid == 0) {
			if (i % 2 == 0)
				_exit(0);
			execlp("true", "true", NULL);
			_exit(1);
		}
		wait_checked(pid);
		heap_use(&heap, i);
	}
	/* proof that nothing was done: what a child writes is seen here */
	pid_t pid = fork_checked();
	if (pid == 0) {
		test_fill(heap.blocks[99], heap_size(99), 123);
		_exit(0);
	}
	wait_checked(pid);
	CHECK(test_is_filled(heap.blocks[99], heap_size(99), 123));
	return 0;
}
