/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether memory that was freed returns to the system: idle HOW SIZE frees 48
 * MiB of blocks of this size, except for one in RUN blocks if that is given.
 * Then it prints how much of what was committed and free is so still, in per
 * cent.
 *
 *	idle calls SIZE [RUN]	after 450 calls of malloc and free that the
 *				thread's cache serves
 */
#include "tests/preload/platform.h"
#include "tests/preload/test.h"

#include <time.h>

#define HEAP (48 * MIB)
#define CALLS 450

/* Committed and free bytes of the pool, what the thread caches included. */
static size_t
unused(size_t used)
{
	return test_committed() - used;
}

/* Returns the bytes that stay allocated. */
static size_t
allocate_and_free(size_t size, size_t run)
{
	size_t n = HEAP / size;
	void **blocks = malloc(n * sizeof(*blocks));
	size_t left = 0;

	CHECK(blocks != NULL);
	for (size_t i = 0; i < n; i++) {
		blocks[i] = malloc(size);
		CHECK(blocks[i] != NULL);
		memset(blocks[i], 1, size);
	}
	for (size_t i = 0; i < n; i++)
		if (run > 0 && i % run == 0)
			left += size;
		else
			free(blocks[i]);
	free(blocks);
	return left;
}

static void
call(void)
{
	const struct timespec pause = { .tv_nsec = 2500000 };

	for (int i = 0; i < CALLS; i++) {
		void *p = malloc(64);

		CHECK(p != NULL);
		*(volatile char *)p = 1;
		free(p);
		nanosleep(&pause, NULL);
	}
}

int
main(int argc, char **argv)
{
	size_t before = test_committed();
	size_t used, at_first;

	CHECK(argc >= 3);
	used = allocate_and_free(strtoul(argv[2], NULL, 10),
		argc > 3 ? strtoul(argv[3], NULL, 10) : 0);
	used += before;
	at_first = unused(used);
	CHECK(at_first > HEAP / 2);
	call();
	printf("%zu\n", unused(used) * 100 / at_first);
	return 0;
}
