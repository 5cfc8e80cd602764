/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether memory that was freed returns to the system while the program makes
 * calls that the thread's cache serves.
 *
 *	idle calls SIZE [RUN]	frees 48 MiB of blocks of this size, except for
 *				one in RUN blocks if that is given; prints how
 *				much of what was committed and free is so still
 *				600 calls later, in per cent
 *	idle drift		replaces the blocks of a heap of 16 MiB at
 *				random, by ones that grow from 32 bytes to 6 KiB
 *				and shrink again; prints the committed memory
 *				1200 calls later, in per cent of the bytes in
 *				blocks
 */
#include "tests/preload/platform.h"
#include "tests/preload/test.h"

#include <time.h>

#define HEAP (48 * MIB)
#define DRIFT (16 * MIB)
#define CALLS 600 /* a cache may be looked at after 256 of them */

struct drift_block {
	void *block;
	unsigned int size;
};

struct drift {
	struct drift_block blocks[DRIFT / 16 + 1];
	size_t used, bytes;
	uint64_t seed;
};

/* A number below n, by Knuth's multiplier for linear congruences. */
static size_t
below(struct drift *drift, size_t n)
{
	drift->seed = drift->seed * 6364136223846793005u + 1442695040888963407u;
	return (size_t)((drift->seed >> 33) * n >> 31);
}

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
	const struct timespec pause = { .tv_nsec = 2000000 };

	for (int i = 0; i < CALLS; i++) {
		void *p = malloc(64);

		CHECK(p != NULL);
		*(volatile char *)p = 1;
		free(p);
		nanosleep(&pause, NULL);
	}
}

/* After bench/drift.c, which says where this comes from. */
static void
replace(struct drift *drift, size_t mean)
{
	size_t replaced = 0;

	while (replaced < 2 * DRIFT) {
		size_t size = mean / 2 + below(drift, mean);
		void *block;

		while (drift->used > 0 && drift->bytes + size > DRIFT) {
			struct drift_block *any =
				&drift->blocks[below(drift, drift->used)];

			drift->bytes -= any->size;
			free(any->block);
			*any = drift->blocks[--drift->used];
		}
		block = malloc(size);
		CHECK(block != NULL);
		memset(block, 1, size);
		drift->blocks[drift->used++] =
			(struct drift_block){ block, (unsigned int)size };
		drift->bytes += size;
		replaced += size;
	}
}

static size_t
held_after_drift(void)
{
	static const size_t mean[] = { 32, 100, 350, 1200, 6000, 1500, 400, 120,
		40 };
	static struct drift drift = { .seed = 1 };

	for (size_t i = 0; i < sizeof(mean) / sizeof(mean[0]); i++)
		replace(&drift, mean[i]);
	call();
	call();
	return test_committed() * 100 / drift.bytes;
}

int
main(int argc, char **argv)
{
	size_t before = test_committed();
	size_t used, at_first;

	CHECK(argc >= 2);
	if (strcmp(argv[1], "drift") == 0) {
		printf("%zu\n", held_after_drift());
		return 0;
	}
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
