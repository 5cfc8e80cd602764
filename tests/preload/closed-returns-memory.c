/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program that has closed every descriptor, as daemons do, still returns
 * memory to the system, before and after forks; and each of its children costs
 * at most one copy of the heap.
 */
#include "fork.h"
#include "parts.h"
#include "usage.h"

#define TOTAL_BYTES (64 * MIB)
#define LEFT_BYTES (8 * MIB)
#define CHILDREN 3

static void
fork_once(void)
{
	pid_t pid = fork_checked();

	if (pid == 0)
		_exit(0);
	wait_checked(pid);
}

static void
returns(bool has_forked, bool (*falls)(size_t below))
{
	size_t at_start = usage_memory();

	usage_skip_if_kept();
	CHECK(test_close_from(3) == 0);
	for (size_t size = MIB; size <= TOTAL_BYTES; size *= 64) {
		size_t n = TOTAL_BYTES / size;
		void *blocks[64];

		for (size_t i = 0; i < n; i++) {
			blocks[i] = malloc(size);
			CHECK(blocks[i] != NULL);
			test_fill(blocks[i], size, 1);
		}
		if (has_forked)
			fork_once();
		for (size_t i = 0; i < n; i++) {
			CHECK(test_is_filled(blocks[i], size, 1));
			free(blocks[i]);
		}
		CHECK(falls(at_start + LEFT_BYTES));
	}
}

static void
by_trim(void)
{
	returns(false, usage_falls_by_trim);
}

static void
by_time(void)
{
	returns(false, usage_falls_by_time);
}

static void
by_trim_forked(void)
{
	returns(true, usage_falls_by_trim);
}

static void
by_time_forked(void)
{
	returns(true, usage_falls_by_time);
}

/* All children live until the last measurement and report their own memory. */
static void
copies(void)
{
	size_t at_start = usage_memory();
	size_t all;
	int told[2], end[2];
	char byte;
	char *p;
	pid_t pids[CHILDREN];

	CHECK(test_close_from(3) == 0);
	CHECK(pipe(told) == 0 && pipe(end) == 0);
	p = malloc(TOTAL_BYTES);
	CHECK(p != NULL);
	test_fill(p, TOTAL_BYTES, 1);
	for (unsigned int i = 0; i < CHILDREN; i++) {
		pids[i] = fork_checked();
		if (pids[i] == 0) {
			size_t own;

			close(end[1]);
			CHECK(test_is_filled(p, TOTAL_BYTES, 1));
			own = usage_status("RssAnon") +
				usage_status("RssShmem");
			CHECK(write(told[1], &own, sizeof(own)) ==
				(ssize_t)sizeof(own));
			CHECK(read(end[0], &byte, 1) == 0);
			_exit(0);
		}
	}
	for (unsigned int i = 0; i < CHILDREN; i++) {
		size_t own;

		CHECK(read(told[0], &own, sizeof(own)) == (ssize_t)sizeof(own));
		CHECK(own < at_start + TOTAL_BYTES + LEFT_BYTES);
	}
	all = usage_memory();
	close(end[1]);
	for (unsigned int i = 0; i < CHILDREN; i++)
		wait_checked(pids[i]);
	CHECK(all < at_start + (CHILDREN + 1) * TOTAL_BYTES + LEFT_BYTES);
	CHECK(test_is_filled(p, TOTAL_BYTES, 1));
	free(p);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "by-trim", by_trim, NULL },
		{ "by-time", by_time, NULL },
		{ "by-trim-forked", by_trim_forked, NULL },
		{ "by-time-forked", by_time_forked, NULL },
		{ "copies", copies, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
