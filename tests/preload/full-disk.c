/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks stay writable when the file system is full, also if the memory on
 * both sides of each has been returned: the kernel may keep them in one unit
 * of its cache (a folio) with that, and would then back all of the unit again.
 * It makes such units when a page is written, and when one that was evicted to
 * the disk is read again. Runs on a file system of its own, in one process and
 * in a child with a copy.
 */
#include "fork.h"

#include <malloc.h>
#include <sys/mman.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

#define BLOCKS 800
#define SIZE (36 << 10) /* no multiple of any folio */

static unsigned char *blocks[BLOCKS];

static void
allocate(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		if (blocks[i] != NULL)
			continue;
		blocks[i] = malloc(SIZE);
		CHECK(blocks[i] != NULL);
		test_fill(blocks[i], SIZE, i);
	}
}

static void
free_every_second(void)
{
	for (unsigned int i = 0; i < BLOCKS; i += 2) {
		free(blocks[i]);
		blocks[i] = NULL;
	}
	malloc_trim(0);
}

/* Writes all memory of the file to the disk, forgets it, and reads it again. */
static void
evict_and_read(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	sync();
	for (unsigned int i = 1; i < BLOCKS; i += 2) {
		uintptr_t first = (uintptr_t)blocks[i] & ~(page - 1);
		uintptr_t last = ((uintptr_t)blocks[i] + SIZE) & ~(page - 1);

		/* a kernel that cannot (before Linux 5.4) keeps it in memory */
		madvise((void *)first, last - first, MADV_PAGEOUT);
	}
	for (unsigned int i = 1; i < BLOCKS; i += 2)
		CHECK(test_is_filled(blocks[i], SIZE, i));
}

static void
use_the_others(void)
{
	for (unsigned int i = 1; i < BLOCKS; i += 2) {
		CHECK(test_is_filled(blocks[i], SIZE, i));
		memset(blocks[i], 0, SIZE);
		test_fill(blocks[i], SIZE, i);
	}
}

/* Free memory that had contents at the fork is zero in the child's heap. */
static void
child_allocates_zeroes(void)
{
	enum { LARGE = 40, LARGE_SIZE = 300 << 10 };
	unsigned char *large[LARGE];
	pid_t pid;

	for (unsigned int i = 0; i < LARGE; i++) {
		large[i] = malloc(LARGE_SIZE);
		CHECK(large[i] != NULL);
		memset(large[i], 0xff, LARGE_SIZE);
	}
	for (unsigned int i = 0; i < LARGE; i += 2)
		free(large[i]);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		for (unsigned int i = 0; i < LARGE; i += 2) {
			large[i] = calloc(1, LARGE_SIZE);
			CHECK(large[i] != NULL);
			CHECK(test_is_zero(large[i], LARGE_SIZE));
		}
		_exit(0);
	}
	wait_checked(pid);
	for (unsigned int i = 1; i < LARGE; i += 2)
		free(large[i]);
}

static void
test_with_full_disk(void)
{
	free_every_second();
	evict_and_read();
	test_take_all_room();
	use_the_others();
}

int
main(void)
{
	pid_t pid;

	child_allocates_zeroes();
	allocate();
	test_with_full_disk();
	test_give_room_back();
	allocate();
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		test_with_full_disk();
		_exit(0);
	}
	wait_checked(pid);
	test_give_room_back();
	test_with_full_disk();
	test_give_room_back();
	return 0;
}
