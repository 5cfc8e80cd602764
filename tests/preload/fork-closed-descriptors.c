/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork in a program that has closed every descriptor and uses the numbers for
 * files of its own: each side still gets a heap of its own.
 */
#include "fork.h"

#include <fcntl.h>

static struct heap heap;

int
main(void)
{
	pid_t pid;
	int fd;

	CHECK(vmmalloc_host_get != NULL);
	heap_fill(&heap, 1);
	CHECK(close_range(3, ~0u, 0) == 0);
	fd = open("/dev/null", O_RDWR);
	CHECK(fd >= 0);
	for (int n = fd + 1; n < 1100; n++)
		CHECK(dup2(fd, n) == n || errno == EBADF);
	for (unsigned int round = 0; round < 3; round++) {
		pid = fork_checked();
		if (pid == 0) {
			heap_use(&heap, 100 + round);
			_exit(0);
		}
		heap_verify(&heap);
		wait_checked(pid);
		heap_use(&heap, round);
	}
	return 0;
}
