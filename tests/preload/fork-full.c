/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork when the pool's file system has no room left. Modes 1 and 3: parent and
 * child continue, and neither is terminated by SIGBUS. Mode 2: fork fails with
 * ENOMEM and leaves nothing open, and the parent continues; it works once there
 * is room again. The same if the room goes away during the fork.
 */
#include "fork.h"

#include <fcntl.h>
#include <pthread.h>

#define FORKS 4

static struct heap heap;

static unsigned int
count_descriptors(void)
{
	unsigned int n = 0;

	for (int fd = 0; fd < 2000; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Memory that was never touched must be usable as well: here large blocks. */
static void
use_all(unsigned int seed)
{
	heap_use(&heap, seed);
	for (int i = 0; i < 2; i++) {
		void *p = malloc(20 * MIB);

		CHECK(p != NULL);
		test_fill(p, 20 * MIB, seed);
		CHECK(test_is_filled(p, 20 * MIB, seed));
		free(p);
	}
	heap_verify(&heap);
}

static void
forks_work(void)
{
	for (unsigned int i = 0; i < FORKS; i++) {
		pid_t pid = fork_checked();

		if (pid == 0) {
			use_all(i + 10);
			_exit(0);
		}
		use_all(i + 20);
		wait_checked(pid);
	}
}

static void
forks_fail(void)
{
	unsigned int descriptors = count_descriptors();

	for (unsigned int i = 0; i < FORKS; i++) {
		pid_t pid;

		errno = 0;
		pid = fork();
		if (pid == 0)
			_exit(1);
		CHECK(pid == -1);
		CHECK(errno == ENOMEM);
		heap_verify(&heap);
		/* frees first, so that it needs no more memory than it had */
		heap_use(&heap, i);
	}
	CHECK(count_descriptors() == descriptors);
	errno = 0;
	CHECK(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
}

static bool takes_room;

/* The program's handlers run before the pool is copied. */
static void
prepare(void)
{
	if (takes_room)
		test_take_all_room();
}

/* The room goes away while fork is in progress. */
static void
room_goes_away(bool must_fail)
{
	takes_room = true;
	if (must_fail) {
		errno = 0;
		CHECK(fork() == -1);
		CHECK(errno == ENOMEM);
		errno = 0;
		CHECK(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
		heap_verify(&heap);
	} else {
		pid_t pid = fork_checked();

		if (pid == 0) {
			use_all(30);
			_exit(0);
		}
		use_all(31);
		wait_checked(pid);
	}
	takes_room = false;
	test_give_room_back();
	forks_work();
}

int
main(void)
{
	const char *mode = getenv("VMMALLOC_FORK");
	bool must_fail = mode != NULL && *mode == '2';

	CHECK(vmmalloc_host_get != NULL);
	heap_fill(&heap, 1);
	test_take_all_room();
	if (must_fail)
		forks_fail();
	else
		forks_work();
	test_give_room_back();
	if (must_fail)
		forks_work();
	CHECK(pthread_atfork(prepare, NULL, NULL) == 0);
	room_goes_away(must_fail);
	return 0;
}
