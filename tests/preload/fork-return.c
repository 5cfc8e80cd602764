/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VMMALLOC_FORK_RETURN=1: memory that is allocated after a fork in mode 1 comes
 * from the pool's directory again, in the parent and in a child that continues,
 * while living children see the heap as it was at their fork.
 */
#include "fork.h"
#include "usage.h"

#define CHILDREN 3
#define BLOCK_BYTES (40 * MIB)
/*
 * The most that may be in RAM: blocks that stay in use, and pages at the ends
 * of ranges.
 */
#define RAM_BYTES (10 * MIB)

static struct heap heap;
static int measured[2]; /* a pipe */

static void
check_is_in_directory(size_t ram, size_t files)
{
	CHECK(usage_status("RssAnon") < ram + RAM_BYTES);
	CHECK(usage_file_system() > files + BLOCK_BYTES * 9 / 10);
}

/* Allocates a block in memory that was not in use before. */
static void *
allocate(unsigned int seed)
{
	size_t ram = usage_status("RssAnon");
	size_t files = usage_file_system();
	void *p = malloc(BLOCK_BYTES);

	CHECK(p != NULL);
	CHECK(test_is_in_pool(p));
	test_fill(p, BLOCK_BYTES, seed);
	check_is_in_directory(ram, files);
	return p;
}

static pid_t
start_child(void *const *blocks, unsigned int n, int go)
{
	pid_t pid = fork_checked();
	char c = 0;

	if (pid != 0) {
		/* what the parent releases would be missed */
		CHECK(read(measured[0], &c, 1) == 1);
		return pid;
	}
	/* its own new memory comes from there, too */
	free(allocate(90 + n));
	malloc_trim(0);
	CHECK(write(measured[1], &c, 1) == 1);
	heap_use(&heap, 70 + n);
	CHECK(read(go, &c, 1) == 1);
	for (unsigned int i = 0; i < n; i++)
		CHECK(test_is_filled(blocks[i], BLOCK_BYTES, i));
	heap_verify(&heap);
	_exit(0);
}

int
main(void)
{
	void *blocks[CHILDREN];
	pid_t pids[CHILDREN];
	const char *backend = getenv("VMMALLOC_BACKEND");
	/* tcmalloc does not return memory: vmmalloc-tcmalloc(7) */
	bool keeps = backend != NULL && strcmp(backend, "tcmalloc") == 0;
	size_t before;
	int go[2];

	CHECK(vmmalloc_host_get != NULL);
	CHECK(pipe(go) == 0 && pipe(measured) == 0);
	heap_fill(&heap, 1);
	for (unsigned int i = 0; i < CHILDREN; i++) {
		blocks[i] = allocate(i);
		pids[i] = start_child(blocks, i + 1, go[0]);
		heap_use(&heap, i + 2);
	}
	/* the children do not see this */
	for (unsigned int i = 0; i < CHILDREN; i++)
		free(blocks[i]);
	malloc_trim(0);
	blocks[0] = keeps ? malloc(BLOCK_BYTES) : allocate(50);
	test_fill(blocks[0], BLOCK_BYTES, 50);
	for (unsigned int i = 0; i < CHILDREN; i++)
		CHECK(write(go[1], "", 1) == 1);
	for (unsigned int i = 0; i < CHILDREN; i++)
		wait_checked(pids[i]);
	CHECK(test_is_filled(blocks[0], BLOCK_BYTES, 50));
	heap_verify(&heap);
	/* memory that only they still had is released with them */
	before = usage_memory();
	free(blocks[0]);
	if (!keeps)
		CHECK(usage_falls_by_trim(before - BLOCK_BYTES * 9 / 10));
	return 0;
}
