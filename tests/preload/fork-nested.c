/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A fork handler of the program itself forks, to start a helper: both forks
 * work, and each of the processes has a heap of its own.
 */
#include "fork.h"
#include "parts.h"

#include <pthread.h>

static struct heap heap;
static bool is_inside;
static unsigned int n_nested;

/* A helper that uses the heap as it was at its fork. */
static void
fork_helper(void)
{
	pid_t pid;

	if (is_inside)
		return;
	is_inside = true;
	pid = fork_checked();
	if (pid == 0) {
		heap_use(&heap, 200);
		_exit(0);
	}
	heap_verify(&heap);
	wait_checked(pid);
	heap_verify(&heap);
	is_inside = false;
	n_nested++;
}

/* A helper that still runs while the outer fork continues. */
static void
fork_helper_that_stays(void)
{
	pid_t pid;

	if (is_inside)
		return;
	is_inside = true;
	pid = fork_checked();
	if (pid == 0) {
		usleep(100000);
		heap_use(&heap, 210);
		_exit(0);
	}
	is_inside = false;
	n_nested++;
}

static void
forks_with(void (*prepare)(void), void (*parent)(void), void (*child)(void),
	unsigned int nested)
{
	int status;

	CHECK(pthread_atfork(prepare, parent, child) == 0);
	heap_fill(&heap, 1);
	for (unsigned int i = 0; i < 3; i++) {
		pid_t pid;

		n_nested = 0;
		pid = fork_checked();
		heap_use(&heap, pid == 0 ? 100 : i);
		if (pid == 0)
			_exit(0);
		CHECK(n_nested == nested);
		wait_checked(pid);
		heap_verify(&heap);
	}
	while (wait(&status) > 0)
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
in_prepare(void)
{
	forks_with(fork_helper, NULL, NULL, 1);
}

static void
in_parent(void)
{
	forks_with(NULL, fork_helper, NULL, 1);
}

static void
in_child(void)
{
	forks_with(NULL, NULL, fork_helper, 0);
}

static void
in_all(void)
{
	forks_with(fork_helper, fork_helper, fork_helper, 2);
}

static void
that_stays(void)
{
	forks_with(
		fork_helper_that_stays, fork_helper_that_stays, fork_helper, 2);
}

/* Two sets of handlers, one called inside the other. */
static void
in_two_sets(void)
{
	CHECK(pthread_atfork(fork_helper, fork_helper, NULL) == 0);
	forks_with(fork_helper, fork_helper, NULL, 4);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "in-prepare", in_prepare, NULL },
		{ "in-parent", in_parent, NULL },
		{ "in-child", in_child, NULL },
		{ "in-all", in_all, NULL },
		{ "that-stays", that_stays, NULL },
		{ "in-two-sets", in_two_sets, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
