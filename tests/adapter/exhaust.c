/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * If the pool is full, malloc fails with ENOMEM, and frees make as much room as
 * there was before: round after round, with blocks of one size and of many. Run
 * under LD_PRELOAD.
 */
#include "config.h"

#include "vmmalloc/backend.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma weak vmmalloc_host_get

#define ROUNDS 8

struct block {
	struct block *next;
};

/* Fills the pool; returns the bytes that fit. */
static size_t
fill(size_t small, size_t large, struct block **list)
{
	size_t total = 0;

	for (size_t size = small;; size = size * 3 / 2 + 16) {
		struct block *block;

		if (size > large)
			size = small;
		errno = 0;
		block = malloc(size);
		if (block == NULL)
			return total;
		memset(block, 0xa5, size);
		block->next = *list;
		*list = block;
		total += size;
	}
}

static void
empty(struct block *list)
{
	while (list != NULL) {
		struct block *next = list->next;

		free(list);
		list = next;
	}
}

static int
attempt(const char *name, size_t small, size_t large, size_t pool_size)
{
	size_t first = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct block *list = NULL;
		size_t total = fill(small, large, &list);
		int err = errno;

		empty(list);
		if (err != ENOMEM) {
			fprintf(stderr, "%s: errno %d\n", name, err);
			return 1;
		}
		if (i == 0)
			first = total;
		if (total < first - first / 8) {
			fprintf(stderr, "%s: round %d held %zu bytes of %zu\n",
				name, i, total, first);
			return 1;
		}
	}
	printf("%s: %zu %% of the pool\n", name, first * 100 / pool_size);
	return 0;
}

int
main(void)
{
	size_t pool_size;

	if (vmmalloc_host_get == NULL) {
		puts("skipped: not under libvmmalloc");
		return 77;
	}
	pool_size = vmmalloc_host_get()->pool_size;
	return attempt("64 KiB", 65536, 65536, pool_size) != 0 ||
		attempt("100 B", 100, 100, pool_size) != 0 ||
		attempt("16 B to 256 KiB", 16, 262144, pool_size) != 0 ||
		attempt("1 MiB", (size_t)1 << 20, (size_t)1 << 20, pool_size) !=
		0;
}
