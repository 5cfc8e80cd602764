/* SPDX-License-Identifier: BSD-3-Clause */
/* Edge cases of the malloc family, with glibc as the reference. */
#include "test.h"

#include <dlfcn.h>
#include <limits.h>
#include <malloc.h>

#define BLOCKS 1000

static void
zero_bytes_are_unique(void)
{
	static void *blocks[BLOCKS];

	for (int i = 0; i < BLOCKS; i++) {
		blocks[i] = i % 2 == 0 ? malloc(0) : calloc(0, 8);
		CHECK(blocks[i] != NULL);
		CHECK(test_is_in_pool(blocks[i]));
		for (int k = 0; k < i; k++)
			CHECK(blocks[k] != blocks[i]);
	}
	for (int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
}

/* Evaluates the expression, which must return NULL with ENOMEM. */
#define CHECK_ENOMEM(expression)             \
	do {                                 \
		errno = 0;                   \
		CHECK((expression) == NULL); \
		CHECK(errno == ENOMEM);      \
	} while (0)

static void
too_large(void)
{
	static const size_t sizes[] = { (size_t)PTRDIFF_MAX + 1,
		SIZE_MAX / 2 + 4096, SIZE_MAX - 4096, SIZE_MAX - 1, SIZE_MAX };
	void *keep = malloc(100);

	CHECK(keep != NULL);
	test_fill(keep, 100, 3);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		void *untouched = &untouched;

		CHECK_ENOMEM(malloc(sizes[i]));
		CHECK_ENOMEM(calloc(1, sizes[i]));
		CHECK_ENOMEM(calloc(sizes[i], 1));
		CHECK_ENOMEM(realloc(NULL, sizes[i]));
		CHECK_ENOMEM(realloc(keep, sizes[i]));
		CHECK_ENOMEM(memalign(64, sizes[i]));
		CHECK_ENOMEM(aligned_alloc(4096, sizes[i]));
		CHECK(posix_memalign(&untouched, 64, sizes[i]) == ENOMEM);
		CHECK(untouched == &untouched);
	}
	CHECK(test_is_filled(keep, 100, 3));
	free(keep);
}

static void
product_overflows(void)
{
	/* the square of half wraps to 0 */
	const size_t half = (size_t)1 << sizeof(size_t) * CHAR_BIT / 2;
	const size_t products[][2] = {
		{ SIZE_MAX / 2 + 1, 2 }, { SIZE_MAX, SIZE_MAX }, { half, half },
		{ SIZE_MAX / 16 + 2, 16 }, /* 16 bytes if it wraps */
	};

	for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++) {
		size_t n = test_opaque(products[i][0]);
		size_t size = test_opaque(products[i][1]);

		CHECK_ENOMEM(calloc(n, size));
		CHECK_ENOMEM(calloc(size, n));
		CHECK_ENOMEM(reallocarray(NULL, n, size));
	}
}

static void
free_keeps_errno(void)
{
	for (size_t size = 1; size <= 64 * MIB; size *= 4) {
		void *p = malloc(size);

		CHECK(p != NULL);
		errno = EXDEV;
		free(p);
		CHECK(errno == EXDEV);
	}
	free(NULL);
	CHECK(errno == EXDEV);
}

/* All bytes that malloc_usable_size reports belong to this block alone. */
static void
usable_bytes(void)
{
	static void *blocks[BLOCKS];
	uint64_t state = 1;

	CHECK(malloc_usable_size(NULL) == 0);
	for (unsigned int i = 0; i < BLOCKS; i++) {
		size_t size = test_random_size(&state, 64 << 10);

		blocks[i] = malloc(size);
		CHECK(blocks[i] != NULL);
		CHECK(malloc_usable_size(blocks[i]) >= size);
		test_fill(blocks[i], malloc_usable_size(blocks[i]), i);
	}
	for (unsigned int i = 0; i < BLOCKS; i++) {
		size_t usable = malloc_usable_size(blocks[i]);

		CHECK(test_is_filled(blocks[i], usable, i));
		blocks[i] = realloc(blocks[i], usable + 1);
		CHECK(blocks[i] != NULL);
		CHECK(test_is_filled(blocks[i], usable, i));
	}
	for (unsigned int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
}

static void
natural_alignment(void)
{
	for (size_t size = 1; size < 5000; size++) {
		size_t align = 1;
		void *p = malloc(size);

		while (align < 16 && align < size)
			align *= 2;
		CHECK(p != NULL);
		CHECK((uintptr_t)p % align == 0);
		free(p);
	}
}

/* Gone from glibc's headers and, since 2.26, from glibc itself. */
static void
cfree_frees(void)
{
	void (*cfree_)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, "cfree");

	if (cfree_ == NULL) {
		CHECK(vmmalloc_host_get == NULL);
		return;
	}
	/* more than any pool holds, unless it frees */
	for (int i = 0; i < 300; i++) {
		void *p = malloc(16 * MIB);

		CHECK(p != NULL);
		cfree_(p);
	}
	cfree_(NULL);
}

int
main(void)
{
	zero_bytes_are_unique();
	too_large();
	product_overflows();
	free_keeps_errno();
	usable_bytes();
	natural_alignment();
	cfree_frees();
	return 0;
}
