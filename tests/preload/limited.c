/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Below VMMALLOC_LIMIT malloc works, at the limit it fails with ENOMEM, and
 * what the process takes up stays below it. What was freed can be allocated
 * again, in blocks of another size too.
 */
#include "usage.h"

#define LIMIT (64 * MIB)
#define N (LIMIT / (64 << 10))

static void *blocks[N];

/* Fills the heap up to the limit. Returns how many bytes there were. */
static size_t
fill(size_t block)
{
	size_t n = 0;

	errno = 0;
	while (n < N && (blocks[n] = malloc(block)) != NULL)
		memset(blocks[n++], 1, block);
	CHECK(n < N && errno == ENOMEM);
	return n * block;
}

static void
drain(void)
{
	for (size_t i = 0; i < N && blocks[i] != NULL; i++) {
		free(blocks[i]);
		blocks[i] = NULL;
	}
}

int
main(void)
{
	static const size_t sizes[] = { MIB, 3 * MIB, 100000, MIB };
	size_t before = usage_memory();

	for (int i = 0; i < 4; i++) {
		size_t bytes = fill(sizes[i]);

		/* the rest is the backend's: tcmalloc keeps what was freed */
		CHECK(bytes <= LIMIT);
		CHECK(bytes > LIMIT / 4 * 3 || (usage_is_kept() && i > 0));
		CHECK(usage_memory() < before + LIMIT + 2 * MIB);
		drain();
	}
	return 0;
}
