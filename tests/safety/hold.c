/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hold [--not-dumpable]: keeps a known text in its heap until its standard
 * input ends, for tests/safety/others.sh. The text must not change: status 1.
 */
#include "tests/preload/test.h"

#include <sys/prctl.h>

#define SIZE ((size_t)1 << 20)

int
main(int argc, char **argv)
{
	char *block = malloc(SIZE);
	char c;

	(void)argv;
	CHECK(block != NULL && test_is_in_pool(block));
	test_fill(block, SIZE, 'S');
	if (argc > 1)
		CHECK(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
	printf("%d\n", (int)getpid());
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	return test_is_filled(block, SIZE, 'S') ? 0 : 1;
}
