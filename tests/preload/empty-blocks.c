/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks of no bytes are used as a correct program may use them: they are told
 * apart, resized, freed and passed on, also across fork; and the memory that
 * was behind them serves other blocks.
 */
#include "platform.h"
#include "test.h"

#include <sys/wait.h>

#define BLOCKS 5000
#define OTHERS 20000

static char *empty[BLOCKS];

static void
alloc_all(void)
{
	for (int i = 0; i < BLOCKS; i++) {
		empty[i] = i % 2 == 0 ? malloc(0) : calloc(0, 8);
		CHECK(empty[i] != NULL && test_is_in_pool(empty[i]));
		/* copies nothing */
		memcpy(empty[i], empty[0], test_opaque(0));
	}
}

/* Half of them are freed as they are, and half after they have grown. */
static void
free_all(void)
{
	for (int i = 0; i < BLOCKS; i++) {
		if (i % 2 == 0) {
			CHECK(malloc_usable_size(empty[i]) < 64);
			free(empty[i]);
			continue;
		}
		empty[i] = realloc(empty[i], 100);
		CHECK(empty[i] != NULL);
		test_fill(empty[i], 100, 1);
	}
	for (int i = 1; i < BLOCKS; i += 2)
		free(empty[i]);
}

/* More memory than the empty blocks had, in the classes of the smallest. */
static void
use_memory(void)
{
	static char *other[OTHERS];

	malloc_trim(0);
	for (int i = 0; i < OTHERS; i++) {
		other[i] = malloc(16);
		CHECK(other[i] != NULL);
		test_fill(other[i], 16, 2);
	}
	for (int i = 0; i < OTHERS; i++) {
		CHECK(test_is_filled(other[i], 16, 2));
		free(other[i]);
	}
}

int
main(void)
{
	int status;
	pid_t pid;

	alloc_all();
	pid = fork();
	CHECK(pid >= 0);
	free_all();
	use_memory();
	alloc_all();
	free_all();
	if (pid == 0)
		_exit(0);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	return 0;
}
