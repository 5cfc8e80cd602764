/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks stay writable when the file system is full, also if the memory on
 * both sides of each has been returned: the kernel may keep them in one unit
 * of its cache (a folio) with that, and would then back all of the unit again.
 * Runs on a file system of its own, in one process and in a child with a copy.
 */
#include "fork.h"

#include <malloc.h>

#define BLOCKS 160
#define SIZE (100 << 10) /* no multiple of any folio */

static unsigned char *blocks[BLOCKS];

static void
allocate(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		blocks[i] = malloc(SIZE);
		CHECK(blocks[i] != NULL);
		test_fill(blocks[i], SIZE, i);
	}
}

static void
free_every_second(void)
{
	for (unsigned int i = 0; i < BLOCKS; i += 2)
		free(blocks[i]);
	malloc_trim(0);
}

static void
use_the_others(void)
{
	for (unsigned int i = 1; i < BLOCKS; i += 2) {
		CHECK(test_is_filled(blocks[i], SIZE, i));
		test_fill(blocks[i], SIZE, i + 1);
	}
}

int
main(void)
{
	pid_t pid;

	allocate();
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		free_every_second();
		test_take_all_room();
		use_the_others();
		_exit(0);
	}
	wait_checked(pid);
	test_give_room_back();
	free_every_second();
	test_take_all_room();
	use_the_others();
	test_give_room_back();
	return 0;
}
