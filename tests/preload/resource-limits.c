/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Limits that the program's own use stays far below, although its pool is
 * larger than they are: on data (ulimit -d), on file size, on address space.
 * The program runs, allocates, forks, starts threads and other programs.
 */
#include "churn.h"
#include "fork.h"
#include "parts.h"

#include <sys/resource.h>

#define USED_BYTES (20 * MIB)
#define DATA_LIMIT (400 * MIB)
#define FILE_LIMIT (10 * MIB)
#define FORKS 3

static struct heap heap;
static char *used;

/* Also the hard limit, so that it cannot be raised again. */
static void
set_limit(int resource, rlim_t limit)
{
	struct rlimit both = { limit, limit };

	heap_fill(&heap, 1);
	used = malloc(USED_BYTES);
	CHECK(used != NULL);
	test_fill(used, USED_BYTES, 1);
	CHECK(setrlimit(resource, &both) == 0);
}

static void
allocates(void)
{
	for (unsigned int i = 0; i < 10; i++) {
		void *p = malloc(USED_BYTES);

		CHECK(p != NULL);
		test_fill(p, USED_BYTES, i);
		free(p);
	}
	heap_use(&heap, 2);
	CHECK(test_is_filled(used, USED_BYTES, 1));
}

static void
forks(void)
{
	for (unsigned int i = 0; i < FORKS; i++) {
		pid_t pid = fork_checked();

		CHECK(test_is_filled(used, USED_BYTES, 1));
		heap_use(&heap, i);
		if (pid == 0) {
			allocates();
			pid = fork_checked();
			if (pid != 0)
				wait_checked(pid);
			_exit(0);
		}
		wait_checked(pid);
	}
}

static void
starts_thread(void)
{
	struct churn churn;

	churn_begin(&churn);
	allocates();
	churn_end(&churn);
}

static void
starts_program(void)
{
	pid_t pid;

	CHECK(system("exit 0") == 0);
	pid = vfork();
	CHECK(pid >= 0);
	if (pid == 0) {
		execlp("true", "true", NULL);
		_exit(1);
	}
	wait_checked(pid);
}

static void
data_forks(void)
{
	set_limit(RLIMIT_DATA, DATA_LIMIT);
	forks();
}

static void
data_allocates(void)
{
	set_limit(RLIMIT_DATA, DATA_LIMIT);
	allocates();
	forks();
	allocates();
}

static void
data_thread(void)
{
	set_limit(RLIMIT_DATA, DATA_LIMIT);
	starts_thread();
	forks();
	starts_thread();
}

static void
data_program(void)
{
	set_limit(RLIMIT_DATA, DATA_LIMIT);
	starts_program();
	forks();
	starts_program();
}

static void
file_allocates(void)
{
	void *large;

	set_limit(RLIMIT_FSIZE, FILE_LIMIT);
	allocates();
	large = malloc(10 * FILE_LIMIT);
	CHECK(large != NULL);
	test_fill(large, 10 * FILE_LIMIT, 1);
	free(large);
	starts_thread();
}

static void
file_forks(void)
{
	set_limit(RLIMIT_FSIZE, FILE_LIMIT);
	forks();
	allocates();
}

static void
file_program(void)
{
	set_limit(RLIMIT_FSIZE, FILE_LIMIT);
	starts_program();
	forks();
	starts_program();
}

/* The pool exists by now; twice its size is enough for a fork too. */
static void
address_space(void)
{
	size_t pool =
		vmmalloc_host_get != NULL ? vmmalloc_host_get()->pool_size : 0;

	set_limit(RLIMIT_AS, 2 * pool + 800 * MIB);
	allocates();
	forks();
	starts_thread();
	starts_program();
	allocates();
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "data-forks", data_forks, NULL },
		{ "data-allocates", data_allocates, NULL },
		{ "data-thread", data_thread, NULL },
		{ "data-program", data_program, NULL },
		{ "file-allocates", file_allocates, NULL },
		{ "file-forks", file_forks, NULL },
		{ "file-program", file_program, NULL },
		{ "address-space", address_space, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
