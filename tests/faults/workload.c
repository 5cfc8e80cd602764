/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The program that tests/faults/inject runs: a heap that is used, forked and
 * purged while a call of the library fails. Once the failure is gone,
 * everything works. With an argument, children are left out.
 *
 * Exit status 0, 3 if a child had to end, 1 if a check failed.
 */
#include "tests/faults/use.h"

#include <malloc.h>

/* A file of the program's own, which nobody else may change. */
static int
make_bystander(void)
{
	static const char text[] = "not the library's";
	int fd = test_create_file();

	CHECK(write(fd, text, sizeof(text)) == sizeof(text));
	return fd;
}

static void
check_bystander(int fd)
{
	char text[64];

	CHECK(pread(fd, text, sizeof(text), 0) == 18);
	CHECK(strcmp(text, "not the library's") == 0);
}

int
main(int argc, char **argv)
{
	static struct use_heap heap = { .state = 77 };
	bool forks = argc == 1;
	pid_t process = getpid();
	int bystander;

	(void)argv;
	use_mark(FAULT_NONE);
	bystander = make_bystander();
	use_mark(FAULT_STEADY);
	use(&heap);
	use(&heap);
	for (int i = 0; i < 2 && forks; i++)
		use_fork(&heap, FAULT_FORK);
	use_mark(FAULT_THREADS);
	use_threads(false);
	for (int i = 0; i < 2 && forks; i++)
		use_fork(&heap, FAULT_FORK_THREADS);
	use_mark(FAULT_PURGE);
	use_free_all(&heap);
	malloc_trim(0);
	use(&heap);
	malloc_trim(0);
	use_mark(FAULT_NONE);
	use_verify(&heap);

	heap.must_succeed = true;
	use(&heap);
	use_threads(true);
	for (int i = 0; i < 2 && forks; i++)
		use_fork(&heap, FAULT_NONE);
	use_free_all(&heap);
	malloc_trim(0);
	use(&heap);
	check_bystander(bystander);
	CHECK(process == getpid());
	use_mark(FAULT_CHECK);
	use_mark(FAULT_EXIT);
	return use_child_has_ended ? 3 : 0;
}
