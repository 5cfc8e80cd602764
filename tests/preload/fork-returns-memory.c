/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * After forks whose children have ended, memory is returned to the system as it
 * is before any fork, on request and over time, whether it was allocated before
 * or after the forks; and memory use does not grow with the number of forks.
 */
#include "fork.h"
#include "parts.h"
#include "usage.h"

#define TOTAL_BYTES (40 * MIB)
/* The most that may be left: a fifth, and the overhead of forks. */
#define LEFT_BYTES (8 * MIB)

struct blocks {
	size_t size;
	size_t n;
	void **list;
};

static const size_t sizes[] = { 900, 40000, MIB, TOTAL_BYTES };

static void
fill(struct blocks *blocks, size_t size)
{
	blocks->size = size;
	blocks->n = TOTAL_BYTES / size;
	blocks->list = malloc(blocks->n * sizeof(void *));
	CHECK(blocks->list != NULL);
	for (size_t i = 0; i < blocks->n; i++) {
		blocks->list[i] = malloc(size);
		CHECK(blocks->list[i] != NULL);
		test_fill(blocks->list[i], size, 1);
	}
}

static void
drop(struct blocks *blocks)
{
	for (size_t i = 0; i < blocks->n; i++) {
		CHECK(test_is_filled(blocks->list[i], blocks->size, 1));
		free(blocks->list[i]);
	}
	free(blocks->list);
}

static void
fork_once(void)
{
	pid_t pid = fork_checked();

	if (pid == 0)
		_exit(0);
	wait_checked(pid);
}

/* Forks this often before the blocks are allocated, and while they are live. */
static void
returns(unsigned int before, unsigned int between, bool (*falls)(size_t below))
{
	struct blocks blocks;
	size_t at_start;

	usage_skip_if_kept();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		/* glibc's own heap keeps small blocks until it is trimmed */
		if (vmmalloc_host_get == NULL && falls == usage_falls_by_time &&
			sizes[i] < MIB)
			continue;
		at_start = usage_memory();
		for (unsigned int k = 0; k < before; k++)
			fork_once();
		fill(&blocks, sizes[i]);
		CHECK(usage_memory() > at_start + TOTAL_BYTES / 2);
		for (unsigned int k = 0; k < between; k++)
			fork_once();
		drop(&blocks);
		CHECK(falls(at_start + LEFT_BYTES));
	}
}

static void
trim_no_fork(void)
{
	returns(0, 0, usage_falls_by_trim);
}

static void
trim_from_after(void)
{
	returns(1, 0, usage_falls_by_trim);
}

static void
trim_from_before(void)
{
	returns(0, 1, usage_falls_by_trim);
}

static void
trim_from_both(void)
{
	returns(2, 2, usage_falls_by_trim);
}

static void
time_from_after(void)
{
	returns(1, 0, usage_falls_by_time);
}

static void
time_from_before(void)
{
	returns(0, 1, usage_falls_by_time);
}

/* A child releases only its own memory; its parent still has all of it. */
static void
in_child(void)
{
	struct blocks blocks;
	size_t at_start;
	pid_t pid;

	usage_skip_if_kept();
	at_start = usage_status("RssAnon");
	fill(&blocks, MIB);
	pid = fork_checked();
	if (pid == 0) {
		struct blocks mine;

		drop(&blocks);
		fill(&mine, MIB);
		drop(&mine);
		for (int i = 0; i < 3; i++)
			usage_falls_by_trim(0);
		CHECK(usage_status("RssAnon") < at_start + LEFT_BYTES);
		_exit(0);
	}
	wait_checked(pid);
	drop(&blocks);
}

/* A heap that is rewritten after each fork exists at most twice. */
static void
cycles(void)
{
	size_t at_start = usage_memory();
	char *p = malloc(TOTAL_BYTES);

	CHECK(p != NULL);
	for (unsigned int i = 0; i < 6; i++) {
		test_fill(p, TOTAL_BYTES, i);
		fork_once();
		CHECK(test_is_filled(p, TOTAL_BYTES, i));
	}
	CHECK(usage_memory() < at_start + 2 * TOTAL_BYTES + LEFT_BYTES);
	free(p);
}

/*
 * The same for blocks that are allocated and freed between the forks. Until
 * free memory is returned, which some backends do after a while or never, it
 * adds the blocks of all four sizes. A copy that stayed for each fork would add
 * twelve.
 */
static void
cycles_of_blocks(void)
{
	size_t at_start = usage_memory();

	for (unsigned int i = 0; i < 6; i++) {
		struct blocks blocks;

		fill(&blocks, sizes[i % 4]);
		fork_once();
		drop(&blocks);
		fork_once();
	}
	CHECK(usage_memory() < at_start + 5 * TOTAL_BYTES);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "trim-no-fork", trim_no_fork, NULL },
		{ "trim-from-after", trim_from_after, NULL },
		{ "trim-from-before", trim_from_before, NULL },
		{ "trim-from-both", trim_from_both, NULL },
		{ "time-from-after", time_from_after, NULL },
		{ "time-from-before", time_from_before, NULL },
		{ "in-child", in_child, NULL },
		{ "cycles", cycles, NULL },
		{ "cycles-of-blocks", cycles_of_blocks, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
