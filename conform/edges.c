/* SPDX-License-Identifier: BSD-3-Clause */
/* Edge cases of the malloc family. */
#include "conform/conform.h"

#include <limits.h>
#include <malloc.h>

#define BLOCKS 200

void
vmm_check_zero_size(void)
{
	static void *blocks[BLOCKS];

	for (int i = 0; i < BLOCKS; i++) {
		blocks[i] = i % 2 == 0 ? malloc(0) : calloc(0, 8);
		REQUIRE(blocks[i] != NULL, "%s of no bytes returns NULL",
			i % 2 == 0 ? "malloc" : "calloc");
		vmm_conform_check_place(blocks[i], 0);
		for (int k = 0; k < i; k++)
			REQUIRE(blocks[k] != blocks[i],
				"two blocks of no bytes are the same: %p",
				blocks[i]);
	}
	for (int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
}

/* Checks the result of a call that cannot be served. */
static void
refused(const char *call, size_t n, size_t size, const void *got)
{
	REQUIRE(got == NULL, "%s of %zu times %zu bytes returns %p, not NULL",
		call, n, size, got);
	REQUIRE(errno == ENOMEM,
		"%s of %zu times %zu bytes sets errno to %d, not to ENOMEM",
		call, n, size, errno);
	errno = 0;
}

void
vmm_check_too_large(void)
{
	size_t pool_size = vmm_conform_host()->pool_size;
	const size_t sizes[] = { pool_size, pool_size * 2,
		(size_t)PTRDIFF_MAX - 4096, PTRDIFF_MAX,
		(size_t)PTRDIFF_MAX + 1, SIZE_MAX - 4096, SIZE_MAX - 15,
		SIZE_MAX };
	void *keep = vmm_conform_malloc(100);

	test_fill(keep, 100, 3);
	errno = 0;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t size = test_opaque(sizes[i]);

		refused("malloc", 1, size, malloc(size));
		refused("calloc", 1, size, calloc(1, size));
		refused("realloc", 1, size, realloc(keep, size));
		refused("memalign", 1, size, memalign(64, size));
		refused("memalign", 1, size, memalign(4096, size));
	}
	REQUIRE(test_is_filled(keep, 100, 3),
		"a realloc that failed has changed the block");
	free(keep);
}

void
vmm_check_overflow(void)
{
	/* the square of half wraps to 0 */
	const size_t half = (size_t)1 << sizeof(size_t) * CHAR_BIT / 2;
	const size_t products[][2] = {
		{ SIZE_MAX / 2 + 1, 2 }, { SIZE_MAX, SIZE_MAX }, { half, half },
		{ SIZE_MAX / 16 + 2, 16 }, /* 16 bytes, if it wraps */
	};

	errno = 0;
	for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++) {
		size_t n = test_opaque(products[i][0]);
		size_t size = test_opaque(products[i][1]);

		refused("calloc", n, size, calloc(n, size));
		refused("calloc", size, n, calloc(size, n));
	}
}

void
vmm_check_errno(void)
{
	for (size_t size = 1; size <= 32 * MIB; size *= 4) {
		void *p = vmm_conform_malloc(size);

		errno = EXDEV;
		free(p);
		REQUIRE(errno == EXDEV,
			"free of %zu bytes changes errno, to %d", size, errno);
	}
}

void
vmm_check_alignment(void)
{
	for (size_t size = 1; size < 20 * 1024; size += size < 3000 ? 1 : 97) {
		void *p = vmm_conform_malloc(size);
		void *q = calloc(1, size);
		size_t align = 1;

		REQUIRE(q != NULL, "calloc(1, %zu) fails", size);
		while (align < 16 && align < size)
			align *= 2;
		REQUIRE((uintptr_t)p % align == 0,
			"malloc(%zu) is at %p, not aligned to %zu", size, p,
			align);
		REQUIRE((uintptr_t)q % align == 0,
			"calloc(1, %zu) is at %p, not aligned to %zu", size, q,
			align);
		free(p);
		free(q);
	}
}

/* The size of a block that may lie right behind an aligned one. */
#define BEHIND 40000

static void
check_aligned(void *p, size_t align, size_t size)
{
	REQUIRE(p != NULL, "memalign(%zu, %zu) fails: %s", align, size,
		strerror(errno));
	REQUIRE((uintptr_t)p % align == 0, "memalign(%zu, %zu) is at %p", align,
		size, p);
	vmm_conform_check_place(p, size);
	REQUIRE(malloc_usable_size(p) >= size,
		"memalign(%zu, %zu) has %zu usable bytes", align, size,
		malloc_usable_size(p));
}

void
vmm_check_memalign(void)
{
	for (size_t align = 8; align <= 2 * MIB; align *= 2) {
		const size_t sizes[] = { 0, 1, align - 1, align, align + 1,
			5000 };
		enum { N = sizeof(sizes) / sizeof(sizes[0]) };
		void *blocks[N], *behind[N];
		size_t usable[N];

		for (unsigned int i = 0; i < N; i++) {
			blocks[i] = memalign(align, sizes[i]);
			check_aligned(blocks[i], align, sizes[i]);
			test_fill(blocks[i], sizes[i], i);
			usable[i] = malloc_usable_size(blocks[i]);
			behind[i] = vmm_conform_malloc(BEHIND);
		}
		for (unsigned int i = 0; i < N; i++) {
			REQUIRE(test_is_filled(blocks[i], sizes[i], i),
				"memalign(%zu, %zu) shares bytes with another "
				"block",
				align, sizes[i]);
			REQUIRE(malloc_usable_size(blocks[i]) == usable[i],
				"memalign(%zu, %zu) has %zu usable bytes, "
				"then %zu",
				align, sizes[i], usable[i],
				malloc_usable_size(blocks[i]));
			free(behind[i]);
		}
		/* a block keeps its bytes when it moves, as any other */
		blocks[3] = realloc(blocks[3], 2 * align + 100);
		REQUIRE(blocks[3] != NULL &&
				test_is_filled(blocks[3], sizes[3], 3),
			"realloc of memalign(%zu, %zu) loses bytes", align,
			sizes[3]);
		for (unsigned int i = 0; i < N; i++)
			free(blocks[i]);
	}
}
