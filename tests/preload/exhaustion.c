/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * If the pool is full, malloc fails with ENOMEM, and what is freed can be
 * allocated again, whatever the order of sizes.
 */
#include "test.h"

#define ROUNDS 3

/* Blocks form a list: a full pool has no room for a table of them. */
struct block {
	struct block *next;
	unsigned int seed;
	unsigned char body[];
};

static struct block *
fill_pool(size_t size, size_t *count)
{
	struct block *list = NULL;

	for (*count = 0;; ++*count) {
		struct block *b;

		errno = 0;
		b = malloc(size);
		if (b == NULL)
			break;
		CHECK(test_is_in_pool(b));
		b->next = list;
		b->seed = (unsigned int)*count;
		test_fill(b->body, size - sizeof(*b), b->seed);
		list = b;
	}
	CHECK(errno == ENOMEM);
	errno = 0;
	CHECK(calloc(1, size) == NULL && errno == ENOMEM);
	errno = 0;
	CHECK(realloc(list, 128 * MIB) == NULL && errno == ENOMEM);
	return list;
}

static void
release(struct block *b, size_t size)
{
	CHECK(test_is_filled(b->body, size - sizeof(*b), b->seed));
	free(b);
}

/* Frees every second block and returns the list of the others. */
static size_t
thin_out(struct block *list, size_t size)
{
	size_t freed = 0;

	for (struct block *b = list; b != NULL && b->next != NULL;
		b = b->next) {
		struct block *gone = b->next;

		b->next = gone->next;
		release(gone, size);
		freed++;
	}
	return freed;
}

static void
empty(struct block *list, size_t size)
{
	while (list != NULL) {
		struct block *next = list->next;

		release(list, size);
		list = next;
	}
}

int
main(void)
{
	static const size_t sizes[] = { 48, 1000, 20000, 300000, 3 * MIB };
	size_t first[sizeof(sizes) / sizeof(sizes[0])];

	CHECK(vmmalloc_host_get != NULL);
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			size_t count, freed, again;
			struct block *list = fill_pool(sizes[i], &count);
			struct block *more;

			if (round == 0)
				first[i] = count;
			CHECK(count >= first[i] - first[i] / 10);
			freed = thin_out(list, sizes[i]);
			more = fill_pool(sizes[i], &again);
			CHECK(again >= freed - freed / 10);
			empty(list, sizes[i]);
			empty(more, sizes[i]);
		}
	}
	/* 64 MiB pool, 3 MiB blocks: no backend may keep half of it */
	CHECK(first[4] * sizes[4] >= vmmalloc_host_get()->pool_size / 2);
	return 0;
}
