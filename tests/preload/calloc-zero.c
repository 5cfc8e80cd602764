/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory from calloc reads zero, whatever it held before it was freed. */
#include "platform.h"
#include "test.h"

#define BLOCKS 8

static void
one_size(size_t size)
{
	unsigned char *blocks[BLOCKS];

	for (unsigned int i = 0; i < BLOCKS; i++) {
		blocks[i] = malloc(size);
		CHECK(blocks[i] != NULL);
		memset(blocks[i], 0xff, malloc_usable_size(blocks[i]));
	}
	for (unsigned int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
	for (unsigned int i = 0; i < BLOCKS; i++) {
		blocks[i] = i % 2 == 0 || size % 2 != 0 ? calloc(size, 1)
							: calloc(2, size / 2);
		CHECK(blocks[i] != NULL);
		CHECK(test_is_zero(blocks[i], size));
		memset(blocks[i], 0xee, size);
	}
	for (unsigned int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
}

/* Frees enough memory at once for an allocator to release it. */
static void
after_purge(void)
{
	for (int round = 0; round < 3; round++) {
		unsigned char *dirty = malloc(100 * MIB);
		unsigned char *clean;

		CHECK(dirty != NULL);
		memset(dirty, 0xdd, 100 * MIB);
		free(dirty);
		malloc_trim(0);
		clean = calloc(25, 4 * MIB);
		CHECK(clean != NULL);
		CHECK(test_is_zero(clean, 100 * MIB));
		clean[0] = clean[100 * MIB - 1] = 1;
		free(clean);
	}
}

static void
any_order(void)
{
	unsigned char *blocks[100] = { NULL };
	uint64_t state = 77;

	for (int i = 0; i < 20000; i++) {
		unsigned int k = test_random(&state) % 100;
		size_t size = test_random_size(
			&state, i % 100 == 0 ? 2 * MIB : 20000);

		free(blocks[k]);
		blocks[k] = calloc(1, size);
		CHECK(blocks[k] != NULL);
		CHECK(test_is_zero(blocks[k], size));
		memset(blocks[k], 0xcc, size);
	}
	for (int k = 0; k < 100; k++)
		free(blocks[k]);
}

int
main(void)
{
	CHECK(vmmalloc_host_get != NULL);
	for (size_t size = 1; size <= 8 * MIB; size += size / 3 + 1)
		one_size(size);
	after_purge();
	any_order();
	return 0;
}
