/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory that one side releases after fork is still there for the other: pages
 * of the pool file that both map must not become holes.
 */
#include "fork.h"
#include "platform.h"

#include <time.h>

#define LARGE 3
#define LARGE_BYTES (8 * MIB)

static struct heap heap;
static void *large[LARGE];

static void
fill_large(unsigned int seed)
{
	for (unsigned int i = 0; i < LARGE; i++) {
		if (large[i] == NULL)
			large[i] = malloc(LARGE_BYTES);
		CHECK(large[i] != NULL);
		test_fill(large[i], LARGE_BYTES, seed + i);
	}
	heap_fill(&heap, seed);
}

static void
verify_large(unsigned int seed)
{
	for (unsigned int i = 0; i < LARGE; i++)
		CHECK(test_is_filled(large[i], LARGE_BYTES, seed + i));
	heap_verify(&heap);
}

static void
pass_time(void)
{
	struct timespec pause = { .tv_nsec = 60000000 };

	nanosleep(&pause, NULL);
}

/*
 * All ways to make a heap return memory: on request, and by itself over time.
 */
static void
give_back(void)
{
	for (unsigned int i = 0; i < LARGE; i++) {
		free(large[i]);
		large[i] = NULL;
	}
	heap_free(&heap, 1);
	malloc_trim(0);
	for (int i = 0; i < 8; i++) {
		pass_time();
		for (size_t size = 100; size < MIB; size *= 2)
			free(malloc(size));
	}
	malloc_trim(0);
}

static void
round_with(bool parent_gives, unsigned int seed)
{
	int done[2];
	char byte;
	pid_t pid;

	fill_large(seed);
	CHECK(pipe(done) == 0);
	pid = fork_checked();
	if ((pid != 0) == parent_gives) {
		give_back();
		CHECK(write(done[1], "", 1) == 1);
	} else {
		CHECK(read(done[0], &byte, 1) == 1);
		verify_large(seed);
	}
	if (pid == 0)
		_exit(0);
	wait_checked(pid);
	close(done[0]);
	close(done[1]);
	fill_large(seed + 7);
	verify_large(seed + 7);
}

int
main(void)
{
	CHECK(vmmalloc_host_get != NULL);
	round_with(true, 1);
	round_with(false, 2);
	return 0;
}
