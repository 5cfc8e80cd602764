/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fork handlers that a library's constructor registered before the first
 * allocation may allocate as well: the heap is locked after they have run.
 */
#include "early.h"
#include "fork.h"

static struct heap heap;

int
main(void)
{
	CHECK(vmmalloc_host_get != NULL);
	alarm(CHILD_SECONDS);
	heap_fill(&heap, 1);
	for (unsigned int i = 1; i <= 5; i++) {
		pid_t pid = fork_checked();

		CHECK(early_prepared == i);
		if (pid == 0) {
			CHECK(early_in_child == 1);
			heap_use(&heap, i);
			_exit(0);
		}
		CHECK(early_in_parent == i);
		heap_verify(&heap);
		wait_checked(pid);
		heap_use(&heap, i);
	}
	return 0;
}
