/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork in a program that has closed every descriptor and reuses the numbers for
 * files of its own: parent and child still get separate heaps.
 */
#include "fork.h"
#include "platform.h"

#include <fcntl.h>

static struct heap heap;

/* As large as the pool, so that it could be mistaken for the pool's file. */
static int
create_file(void)
{
	int fd = test_create_file();

	CHECK(ftruncate(fd, (off_t)vmmalloc_host_get()->pool_size) == 0);
	CHECK(pwrite(fd, "text", 4, 0) == 4);
	return fd;
}

int
main(void)
{
	char text[5];
	pid_t pid;
	int fd;

	CHECK(vmmalloc_host_get != NULL);
	heap_fill(&heap, 1);
	CHECK(test_close_from(3) == 0);
	fd = create_file();
	/* leave a few for the copy, even if the limit is 1024 descriptors */
	for (int n = fd + 9; n < 1100; n++)
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
	CHECK(pread(fd, text, 5, 0) == 5);
	CHECK(memcmp(text, "text", 5) == 0);
	return 0;
}
