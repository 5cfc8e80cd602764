/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The program that tests/debug/logging.sh traces: one call of each kind, with
 * sizes that can be recognised in the log. The calls leave errno unchanged.
 * Arguments:
 *
 * fork          a child does the same
 * fork away     before the fork, the program changes its directory
 * fork lose DIR before the fork, DIR is renamed
 * fail          calls that fail, one of each kind
 */
#include "tests/preload/test.h"

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

static void
fail_all(void)
{
	volatile size_t huge = SIZE_MAX / 4;
	void *volatile p = malloc(1);
	void *q = NULL;

	CHECK(malloc(huge) == NULL && errno == ENOMEM);
	CHECK(calloc(2, huge) == NULL && errno == ENOMEM);
	CHECK(realloc(p, huge + 1) == NULL && errno == ENOMEM);
	CHECK(realloc(NULL, huge + 2) == NULL && errno == ENOMEM);
	CHECK(memalign(64, huge + 3) == NULL && errno == ENOMEM);
	CHECK(aligned_alloc(64, huge * 4 - 1) == NULL && errno == ENOMEM);
	errno = EXDEV;
	CHECK(posix_memalign(&q, 24, 1) == EINVAL);
	CHECK(posix_memalign(&q, 64, huge + 5) == ENOMEM);
	CHECK(errno == EXDEV && q == NULL);
	free(p);
}

int
main(int argc, char **argv)
{
	call_all(0);
	if (argc == 2 && strcmp(argv[1], "fail") == 0)
		fail_all();
	if (argc > 1 && strcmp(argv[1], "fork") == 0) {
		char lost[4096];
		int status;
		pid_t pid;

		if (argc == 3)
			CHECK(chdir("/") == 0);
		if (argc == 4) {
			snprintf(lost, sizeof(lost), "%s.lost", argv[3]);
			CHECK(rename(argv[3], lost) == 0);
		}
		pid = fork();
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
