/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The program catches the signal that reports a double free, and does in the
 * handler what crash reporters do: it allocates and forks. No lock may be held
 * then.
 */
#include "misuse.h"

#include <signal.h>
#include <sys/wait.h>

static void
on_abort(int number)
{
	int status;
	pid_t pid;

	(void)number;
	for (int i = 0; i < 1000; i++)
		CHECK(malloc(40) != NULL);
	pid = fork();
	if (pid == 0)
		_exit(0);
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

int
main(void)
{
	char *p = misuse_block(40);
	char *q = misuse_block(40);
	char *r = misuse_block(40);

	signal(SIGABRT, on_abort);
	/* ends a process that waits for itself */
	alarm(20);
	free(p);
	free(q);
	free(r);
	free(misuse_hide(p));
	return misuse_end();
}
