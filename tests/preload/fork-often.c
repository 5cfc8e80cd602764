/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * In mode 2, on a file system that shares blocks: a child that has ended takes
 * no room, however many there were. One that lives may change all of its pages,
 * so only as many copies share blocks as there would be room for then.
 */
#include "fork.h"
#include "usage.h"

#define BYTES (48 * MIB)
#define FORKS 20u

static char *block;

/* A child that lives until the pipe is closed; -1 if there is no room. */
static pid_t
start(const int *go)
{
	pid_t pid = fork();
	char byte;

	if (pid != 0)
		return pid;
	alarm(CHILD_SECONDS);
	close(go[1]);
	(void)!read(go[0], &byte, 1);
	_exit(!test_is_filled(block, BYTES, 1));
}

/* Whether the child was made without a copy of the block. */
static bool
starts_sharing(const int *go, pid_t *pid)
{
	size_t before = usage_file_system();

	*pid = start(go);
	return *pid > 0 && usage_file_system() < before + BYTES / 2;
}

/* The same for a child that ends at once. */
static bool
shares(void)
{
	bool is_sharing;
	int go[2];
	pid_t pid;

	CHECK(pipe(go) == 0);
	is_sharing = starts_sharing(go, &pid);
	close(go[0]);
	close(go[1]);
	wait_checked(pid);
	return is_sharing;
}

int
main(void)
{
	pid_t pids[FORKS];
	unsigned int n = 0, n_sharing = 0;
	int go[2];

	block = malloc(BYTES);
	CHECK(block != NULL);
	test_fill(block, BYTES, 1);
	if (!shares())
		test_skip("the file system shares no blocks");
	for (unsigned int i = 0; i < FORKS; i++)
		CHECK(shares());

	CHECK(pipe(go) == 0);
	for (; n < FORKS; n++) {
		n_sharing += starts_sharing(go, &pids[n]);
		if (pids[n] < 0)
			break;
	}
	CHECK(n_sharing > 0 && n_sharing < FORKS);
	close(go[1]);
	for (unsigned int i = 0; i < n; i++)
		wait_checked(pids[i]);
	CHECK(shares());
	return 0;
}
