/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The debug build of the native heap changes memory visibly: it fills new and
 * freed blocks and quarantines freed ones for a while. The program breaks the
 * rules on purpose: it reads memory that it has not written or has already
 * freed.
 */
#include "tests/preload/platform.h"
#include "tests/preload/test.h"

#define SIZE ((size_t)1000)

static unsigned char *
hide(void *p)
{
	void *volatile same = p;

	CHECK(p != NULL);
	return same;
}

/*
 * Uses up the guard pages: pages of freed blocks that have them cannot be read.
 */
static void
use_up_guards(void)
{
	for (int i = 0; i < 20000; i++)
		hide(malloc(1));
}

static bool
is_one_value(const unsigned char *p, size_t size)
{
	return memcmp(p, p + 1, size - 1) == 0;
}

static void
fills_memory(void)
{
	static const size_t sizes[] = { 2, 100, 5000, 100000, 3 * MIB };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t size = sizes[i];
		unsigned char *p = hide(calloc(1, size));
		unsigned char *q = hide(malloc(size));

		CHECK(test_is_zero(p, size));
		CHECK(q[0] != 0 && is_one_value(q, size));
		CHECK(malloc_usable_size(q) == size);
		memset(p, q[0], size);
		free(p);
		free(q);
		if (size > MIB)
			continue; /* too large for the quarantine */
		CHECK(p[0] != 0 && is_one_value(p, size));
		CHECK(q[0] == p[0] && is_one_value(q, size));
	}
}

static void
holds_blocks_back(void)
{
	unsigned char *p = hide(malloc(SIZE));

	free(p);
	for (int i = 0; i < 100; i++) {
		unsigned char *q = hide(malloc(SIZE));

		CHECK(q != p);
		free(q);
	}
}

/* Allocates many times the pool's size; malloc_trim empties the quarantine. */
static void
lets_blocks_go(void)
{
	const struct vmmalloc_host *host = vmmalloc_host_get();
	size_t before;

	for (size_t n = 0; n < 4 * host->pool_size; n += 300 * SIZE)
		for (int i = 0; i < 300; i++)
			free(hide(malloc(SIZE)));
	for (size_t n = 0; n < 4 * host->pool_size; n += MIB)
		free(hide(malloc(MIB)));
	malloc_trim(0);
	before = test_committed();
	for (int i = 0; i < 1000; i++)
		free(hide(malloc(SIZE)));
	malloc_trim(0);
	CHECK(test_committed() <= before + 64 * SIZE);
}

int
main(void)
{
	CHECK(vmmalloc_host_get != NULL);
	use_up_guards();
	fills_memory();
	holds_blocks_back();
	lets_blocks_go();
	return 0;
}
