/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What tests/logging.sh traces: one call of each kind, with sizes that are
 * found again in the log; with the argument "fork" a child does the same. errno
 * stays as it is all the while.
 */
#include "preload/test.h"

#include <malloc.h>
#include <sys/wait.h>

static void
call_all(size_t more)
{
	void *p, *q, *r, *s;

	errno = EXDEV;
	p = malloc(12000 + more);
	q = calloc(3, 4100 + more);
	p = realloc(p, 12300 + more);
	r = memalign(64, 12400 + more);
	s = aligned_alloc(128, 12500 + more);
	CHECK(p != NULL && q != NULL && r != NULL && s != NULL);
	CHECK(malloc_usable_size(p) >= 12300 + more);
	free(p);
	free(q);
	free(r);
	CHECK(posix_memalign(&r, 256, 12600 + more) == 0);
	free(r);
	free(s);
	CHECK(errno == EXDEV);
}

int
main(int argc, char **argv)
{
	call_all(0);
	if (argc == 2 && strcmp(argv[1], "fork") == 0) {
		int status;
		pid_t pid = fork();

		CHECK(pid >= 0);
		if (pid == 0) {
			call_all(5);
			exit(0);
		}
		CHECK(waitpid(pid, &status, 0) == pid && status == 0);
		call_all(7);
	}
	return 0;
}
