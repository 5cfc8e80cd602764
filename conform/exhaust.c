/* SPDX-License-Identifier: BSD-3-Clause */
/* A full pool, and memory that is reused. */
#include "conform/conform.h"

#include "libvmmalloc.h"

#include <malloc.h>

/* NULL in a process without libvmmalloc. */
#pragma weak vmmalloc_get_stats

/* Blocks form a list: there is no room anywhere for a table of them. */
struct block {
	struct block *next;
	unsigned int seed;
	unsigned char body[];
};

static struct block *
fill_pool(size_t size, size_t *count)
{
	struct block *list = NULL;

	errno = 0;
	for (*count = 0;; ++*count) {
		struct block *b = malloc(size);

		if (b == NULL)
			break;
		vmm_conform_check_place(b, size);
		b->next = list;
		b->seed = (unsigned int)*count;
		test_fill(b->body, size - sizeof(*b), b->seed);
		list = b;
		errno = 0;
	}
	REQUIRE(errno == ENOMEM,
		"in a full pool malloc(%zu) sets errno to %d, not to ENOMEM",
		size, errno);
	errno = 0;
	REQUIRE(calloc(1, size) == NULL && errno == ENOMEM,
		"in a full pool calloc(1, %zu) does not fail with ENOMEM",
		size);
	REQUIRE(list != NULL, "not one block of %zu bytes", size);
	return list;
}

static void
empty_pool(struct block *list, size_t size)
{
	while (list != NULL) {
		struct block *next = list->next;

		REQUIRE(test_is_filled(
				list->body, size - sizeof(*list), list->seed),
			"in a full pool a block of %zu bytes has changed",
			size);
		free(list);
		list = next;
	}
}

/*
 * A size such that filling the pool takes a second or two, even if it is large.
 */
static size_t
small_size(void)
{
	size_t size = vmm_conform_host()->pool_size / 1000000;

	return size < 200 ? 200 : size;
}

void
vmm_check_exhaustion(void)
{
	size_t size = small_size(), count;
	struct block *list = fill_pool(size, &count);
	struct block *first = list;

	errno = 0;
	REQUIRE(realloc(first, vmm_conform_host()->pool_size / 2) == NULL &&
			errno == ENOMEM,
		"in a full pool realloc to half of it does not fail with "
		"ENOMEM");
	empty_pool(list, size);
}

/* Not required from here on. */

void
vmm_check_recovery(void)
{
	const size_t sizes[] = { 3 * MIB, small_size(), 50000, 3 * MIB };
	size_t pool_size = vmm_conform_host()->pool_size;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t count;
		struct block *list = fill_pool(sizes[i], &count);

		EXPECT(count * sizes[i] >= pool_size / 2,
			"blocks of %zu bytes, after all others were freed, "
			"get only %zu bytes of a pool of %zu",
			sizes[i], count * sizes[i], pool_size);
		empty_pool(list, sizes[i]);
	}
}

void
vmm_check_reuse(void)
{
	size_t pool_size = vmm_conform_host()->pool_size;
	size_t total = 0;

	for (unsigned int i = 0; total < 4 * pool_size; i++) {
		size_t size = i % 2 == 0 ? 200 + i % 1000 : pool_size / 64;
		void *p = malloc(size);

		EXPECT(p != NULL,
			"malloc fails after %zu bytes, all of them freed, in "
			"a pool of %zu",
			total, pool_size);
		memset(p, 1, size < 4096 ? size : 4096);
		free(p);
		total += size;
	}
}

static struct vmmalloc_stats
get_stats(void)
{
	struct vmmalloc_stats stats = { .struct_size = sizeof(stats) };

	REQUIRE(vmmalloc_get_stats != NULL && vmmalloc_get_stats(&stats) == 0,
		"vmmalloc_get_stats fails");
	return stats;
}

/* Allocates a quarter of the pool. */
static void **
take_quarter(size_t size, size_t *n)
{
	void **blocks;

	*n = vmm_conform_host()->pool_size / 4 / size;
	blocks = vmm_conform_malloc(*n * sizeof(*blocks));
	for (size_t i = 0; i < *n; i++) {
		blocks[i] = vmm_conform_malloc(size);
		memset(blocks[i], 1, size);
	}
	return blocks;
}

static void
free_all(void **blocks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(blocks[i]);
	free(blocks);
}

void
vmm_check_give_back(void)
{
	uint64_t before, after;
	size_t n;
	void **blocks = take_quarter(MIB, &n);

	before = get_stats().committed;
	free_all(blocks, n);
	malloc_trim(0);
	after = get_stats().committed;
	EXPECT(after < before && before - after >= n * MIB / 2,
		"of %zu MiB that were freed, malloc_trim gives %llu MiB back",
		n,
		after < before ? (unsigned long long)(before - after) / MIB
			       : 0);
}

void
vmm_check_statistics(void)
{
	uint64_t before = get_stats().allocated;
	uint64_t full, after;
	void **blocks;
	size_t n;

	EXPECT(before != UINT64_MAX, "it does not say what is allocated");
	blocks = take_quarter(10000, &n);
	full = get_stats().allocated;
	free_all(blocks, n);
	after = get_stats().allocated;
	REQUIRE(full >= before && full - before >= n * 10000,
		"with %zu bytes in blocks, the bytes that are allocated grow "
		"by %lld",
		n * 10000, (long long)(full - before));
	REQUIRE(after < full && full - after >= n * 10000 / 2,
		"with %zu bytes freed, the bytes that are allocated fall by "
		"%lld",
		n * 10000, (long long)(full - after));
}
