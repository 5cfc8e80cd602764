/* SPDX-License-Identifier: BSD-3-Clause */
/* Children of children: each generation sees the blocks of all before it. */
#include "fork.h"

#define GENERATIONS 5

static struct heap heaps[GENERATIONS];

static void
live(unsigned int generation)
{
	pid_t pid;

	if (generation == GENERATIONS)
		return;
	for (unsigned int i = 0; i < generation; i++)
		heap_verify(&heaps[i]);
	heap_fill(&heaps[generation], 30 * generation);
	pid = fork_checked();
	if (pid == 0) {
		live(generation + 1);
		for (unsigned int i = 0; i <= generation; i++)
			heap_use(&heaps[i], 7 * i + generation);
		_exit(0);
	}
	heap_verify(&heaps[generation]);
	wait_checked(pid);
	for (unsigned int i = 0; i <= generation; i++)
		heap_verify(&heaps[i]);
	heap_use(&heaps[generation], 100);
	heap_fill(&heaps[generation], 30 * generation);
}

int
main(void)
{
	CHECK(vmmalloc_host_get != NULL);
	live(0);
	live(0); /* the same again after a fork */
	heap_free(&heaps[0], 1);
	return 0;
}
