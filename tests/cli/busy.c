/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program to look at while it runs: it writes a line and then allocates until
 * its input ends. With the argument "idle" it only waits; with "protected" it
 * may not be traced by its own user; with "dropped" it was root before, and is
 * nobody.
 */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define BLOCKS 3000
#define NOBODY 65534

static void *blocks[BLOCKS];

static void
churn(void)
{
	static unsigned int n;

	for (int i = 0; i < BLOCKS; i++) {
		size_t size = 16 + n++ * 7919 % 6000;

		free(blocks[i]);
		blocks[i] = malloc(size);
		if (blocks[i] == NULL)
			exit(1);
		memset(blocks[i], 1, size);
	}
	/* not every backend looks for requests in malloc */
	free(calloc(1 + n % 7, 1 << 20));
}

int
main(int argc, char *argv[])
{
	const char *how = argc > 1 ? argv[1] : "";
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	if (strcmp(how, "protected") == 0 && prctl(PR_SET_DUMPABLE, 0) != 0)
		return 1;
	if (strcmp(how, "dropped") == 0 &&
		(setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
		return 1;
	churn();
	if (write(STDOUT_FILENO, "ready\n", 6) != 6)
		return 1;
	if (strcmp(how, "idle") == 0)
		poll(&input, 1, -1);
	while (poll(&input, 1, 2) == 0)
		churn();
	return 0;
}
