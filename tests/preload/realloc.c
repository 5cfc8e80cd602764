/* SPDX-License-Identifier: BSD-3-Clause */
/* realloc keeps contents through chains of growing and shrinking. */
#include "test.h"

#include <malloc.h>

#define CHAINS 64
#define STEPS 200

static void
grow_and_shrink_evenly(void)
{
	size_t had = 1;
	unsigned char *p = malloc(1);

	CHECK(p != NULL);
	p[0] = 1;
	for (size_t size = 1; size <= 32 * MIB; size += size / 2 + 1) {
		p = realloc(p, size);
		CHECK(p != NULL);
		CHECK(test_is_in_pool(p));
		CHECK(malloc_usable_size(p) >= size);
		CHECK(test_is_filled(p, had, 0));
		test_fill(p, size, 0);
		had = size;
	}
	for (size_t size = had; size > 0; size -= size / 3 + 1) {
		p = realloc(p, size);
		CHECK(p != NULL);
		CHECK(test_is_filled(p, size, 0));
	}
	free(p);
}

/* Many adjacent blocks: growing one must not overwrite another. */
static void
random_chains(void)
{
	static unsigned char *blocks[CHAINS];
	static size_t sizes[CHAINS];
	uint64_t state = 42;

	for (unsigned int i = 0; i < CHAINS * STEPS; i++) {
		unsigned int k = test_random(&state) % CHAINS;
		size_t size = test_random_size(
			&state, i % 64 == 0 ? 4 * MIB : 64 << 10);
		unsigned char *p = realloc(blocks[k], size);

		CHECK(p != NULL);
		CHECK(test_is_filled(p, size < sizes[k] ? size : sizes[k], k));
		test_fill(p, size, k);
		blocks[k] = p;
		sizes[k] = size;
	}
	for (unsigned int k = 0; k < CHAINS; k++) {
		CHECK(test_is_filled(blocks[k], sizes[k], k));
		free(blocks[k]);
	}
}

/* Blocks with an alignment keep their contents too. */
static void
aligned_blocks(void)
{
	for (size_t align = 16; align <= 2 * MIB; align *= 2) {
		void *p = memalign(align, 3000);
		void *q;

		CHECK(p != NULL);
		test_fill(p, 3000, 5);
		q = realloc(p, 100000);
		CHECK(q != NULL);
		CHECK(test_is_filled(q, 3000, 5));
		free(q);
	}
}

static void
null_and_zero(void)
{
	void *p = realloc(NULL, 100);

	CHECK(p != NULL);
	CHECK(test_is_in_pool(p));
	test_fill(p, 100, 1);
	CHECK(realloc(p, 0) == NULL); /* frees it, as in glibc */
	p = realloc(NULL, 0);	      /* as malloc(0) */
	CHECK(p != NULL);
	free(p);
}

int
main(void)
{
	grow_and_shrink_evenly();
	random_chains();
	aligned_blocks();
	null_and_zero();
	return 0;
}
