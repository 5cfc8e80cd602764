/* SPDX-License-Identifier: BSD-3-Clause */
/* The contents of blocks, and where blocks are. */
#include "conform/conform.h"

#include <malloc.h>
#include <stdio.h>

#define BLOCKS 500

static size_t
block_size(unsigned int i)
{
	return i % 100 == 99 ? MIB + i * 1000 : (size_t)1 + i * i % 20000;
}

/* All bytes that malloc_usable_size promises belong to the block alone. */
void
vmm_check_usable_size(void)
{
	static void *blocks[BLOCKS];

	for (unsigned int i = 0; i < BLOCKS; i++) {
		size_t size = block_size(i), usable;

		blocks[i] = vmm_conform_malloc(size);
		usable = malloc_usable_size(blocks[i]);
		REQUIRE(usable >= size, "malloc(%zu) has %zu usable bytes",
			size, usable);
		vmm_conform_check_place(blocks[i], usable);
		test_fill(blocks[i], usable, i);
	}
	for (unsigned int i = 0; i < BLOCKS; i++) {
		size_t usable = malloc_usable_size(blocks[i]);

		REQUIRE(test_is_filled(blocks[i], usable, i),
			"not all %zu usable bytes of malloc(%zu) are its own",
			usable, block_size(i));
		free(blocks[i]);
	}
}

void
vmm_check_contents(void)
{
	static void *blocks[BLOCKS];

	for (unsigned int round = 0; round < 4; round++) {
		for (unsigned int i = 0; i < BLOCKS; i++) {
			if (blocks[i] != NULL)
				continue;
			blocks[i] = vmm_conform_malloc(block_size(i));
			test_fill(blocks[i], block_size(i), i);
		}
		for (unsigned int i = 0; i < BLOCKS; i++) {
			REQUIRE(test_is_filled(blocks[i], block_size(i), i),
				"a block of %zu bytes changed while others "
				"came and went",
				block_size(i));
			/* different blocks in each round, in no order */
			if (i * 7 % (round + 2) != 0)
				continue;
			free(blocks[i]);
			blocks[i] = NULL;
		}
	}
	for (unsigned int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
}

static void
check_zero(size_t size)
{
	enum { N = 4 };
	void *blocks[N];

	for (int i = 0; i < N; i++) {
		blocks[i] = vmm_conform_malloc(size);
		memset(blocks[i], 0xff, malloc_usable_size(blocks[i]));
	}
	for (int i = 0; i < N; i++)
		free(blocks[i]);
	for (int i = 0; i < N; i++) {
		blocks[i] = i % 2 == 0 ? calloc(size, 1) : calloc(1, size);
		REQUIRE(blocks[i] != NULL, "calloc(1, %zu) fails: %s", size,
			strerror(errno));
		vmm_conform_check_place(blocks[i], size);
		REQUIRE(test_is_zero(blocks[i], size),
			"calloc(1, %zu) is not zero", size);
		memset(blocks[i], 0xee, size);
	}
	for (int i = 0; i < N; i++)
		free(blocks[i]);
}

void
vmm_check_zeroed(void)
{
	for (int round = 0; round < 2; round++) {
		for (size_t size = 1; size <= 2 * MIB; size += size / 2 + 1)
			check_zero(size);
		malloc_trim(0); /* released memory comes back as zeroes */
	}
}

/* One block that grows and shrinks, with others around it. */
void
vmm_check_realloc(void)
{
	enum { OTHERS = 64 };
	void *others[OTHERS];
	size_t sizes[OTHERS];
	size_t had = 1;
	void *p = realloc(NULL, 1);
	unsigned int i = 0;

	REQUIRE(p != NULL, "realloc(NULL, 1) fails: %s", strerror(errno));
	test_fill(p, 1, 9);
	for (size_t size = 2; size <= 8 * MIB; size += size / 2 + 1) {
		p = realloc(p, size);
		REQUIRE(p != NULL, "realloc to %zu fails: %s", size,
			strerror(errno));
		vmm_conform_check_place(p, size);
		REQUIRE(test_is_filled(p, had, 9),
			"realloc from %zu to %zu bytes loses some", had, size);
		test_fill(p, size, 9);
		if (i < OTHERS) {
			sizes[i] = size / 2 + 1;
			others[i] = vmm_conform_malloc(sizes[i]);
			test_fill(others[i], sizes[i], i);
			i++;
		}
		had = size;
	}
	for (size_t size = had; size > 1; size -= size / 3 + 1) {
		p = realloc(p, size);
		REQUIRE(p != NULL, "realloc to fewer bytes, %zu, fails", size);
		REQUIRE(test_is_filled(p, size, 9),
			"realloc to fewer bytes, %zu, loses some", size);
	}
	while (i-- > 0) {
		REQUIRE(test_is_filled(others[i], sizes[i], i),
			"realloc of one block has changed another");
		free(others[i]);
	}
	REQUIRE(realloc(p, 0) == NULL, "realloc(p, 0) does not return NULL");
}

void
vmm_check_in_pool(void)
{
	char *text = strdup("text");
	char *line = NULL;

	REQUIRE(text != NULL, "strdup fails: %s", strerror(errno));
	vmm_conform_check_place(text, 5);
	REQUIRE(asprintf(&line, "%1000d", 1) == 1000, "asprintf fails");
	vmm_conform_check_place(line, 1001);
	free(text);
	free(line);
	for (size_t size = 1; size <= 32 * MIB; size += size / 2 + 1) {
		char *p = vmm_conform_malloc(size);

		p[0] = p[size - 1] = 1;
		free(p);
	}
}
