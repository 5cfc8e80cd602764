/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * If a thread's freed small blocks are scattered over a pool that was full, a
 * large block can still be allocated: cached blocks are no reason to fail.
 */
#include "test.h"

#include <sys/mman.h>

#define SMALL ((size_t)48)
#define LARGE ((size_t)512 << 10)
#define APART ((size_t)256 << 10)

static bool
is_far_from(const char *a, const char *b)
{
	return (size_t)(a > b ? a - b : b - a) >= APART;
}

int
main(void)
{
	size_t n = 0, left = 0, most;
	char *last = NULL;
	char **blocks;

	CHECK(vmmalloc_host_get != NULL);
	most = vmmalloc_host_get()->pool_size / SMALL;
	blocks = mmap(NULL, most * sizeof(*blocks), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(blocks != MAP_FAILED);
	while (n < most && (blocks[n] = malloc(SMALL)) != NULL)
		n++;
	CHECK(n > 0 && n < most && malloc(LARGE) == NULL);
	/* the blocks freed last, which stay cached, are far apart */
	for (size_t i = 0; i < n; i++) {
		if (last == NULL || is_far_from(blocks[i], last))
			blocks[left++] = last = blocks[i];
		else
			free(blocks[i]);
	}
	CHECK(left > 1);
	for (size_t i = 0; i < left; i++)
		free(blocks[i]);
	CHECK(malloc(LARGE) != NULL);
	return 0;
}
