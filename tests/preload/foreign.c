/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks of libc's own malloc, which a program can get in ways that bypass the
 * library: free, realloc and malloc_usable_size accept them as well.
 */
#include "test.h"

#include <dlfcn.h>
#include <malloc.h>

#define BLOCKS 300

static void *(*libc_malloc)(size_t size);

static size_t
size_of(unsigned int i)
{
	return i % 50 == 49 ? MIB : 1 + i * 29;
}

static void *
take(unsigned int i)
{
	void *p = libc_malloc(size_of(i));

	CHECK(p != NULL);
	CHECK(!test_is_in_pool(p));
	test_fill(p, size_of(i), i);
	return p;
}

static void
usable(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		void *p = take(i);

		CHECK(malloc_usable_size(p) >= size_of(i));
		CHECK(malloc_usable_size(p) < 2 * size_of(i) + 8192);
		free(p);
	}
}

/* They are freed to libc, which reuses their memory. */
static void
freed(void)
{
	static char *blocks[BLOCKS];
	unsigned int again = 0;

	for (unsigned int i = 0; i < BLOCKS; i++)
		blocks[i] = take(i);
	for (unsigned int i = 0; i < BLOCKS; i++) {
		errno = EXDEV;
		free(blocks[i]);
		CHECK(errno == EXDEV);
	}
	for (unsigned int i = 0; i < BLOCKS; i++) {
		char *p = take(i);

		for (unsigned int k = 0; k < BLOCKS; k++)
			again += p < blocks[k] + size_of(k) &&
				blocks[k] < p + size_of(i);
	}
	CHECK(again > BLOCKS / 2);
}

static void
reallocated(void)
{
	static const size_t sizes[] = { 1, 100, 5000, 2 * MIB };

	for (unsigned int i = 0; i < BLOCKS; i++) {
		size_t size = sizes[i % 4];
		size_t kept = size < size_of(i) ? size : size_of(i);
		void *p = realloc(take(i), size);

		CHECK(p != NULL);
		CHECK(test_is_in_pool(p));
		CHECK(test_is_filled(p, kept, i));
		free(p);
	}
	CHECK(realloc(take(1), 0) == NULL);
}

/* By jemalloc's name of free as well. */
static void
freed_otherwise(void)
{
	void (*dallocx)(void *, int) =
		(void (*)(void *, int))dlsym(RTLD_DEFAULT, "dallocx");

	CHECK(dallocx != NULL);
	for (unsigned int i = 0; i < BLOCKS; i++) {
		void *p = take(i);

		errno = EXDEV;
		dallocx(p, 0);
		CHECK(errno == EXDEV);
		CHECK(!test_is_in_pool(libc_malloc(1)));
	}
}

/* A block that cannot be moved stays as it is. */
static void
not_reallocated(void)
{
	void *p = take(7);

	errno = 0;
	CHECK(realloc(p, test_opaque(SIZE_MAX / 2)) == NULL);
	CHECK(errno == ENOMEM);
	CHECK(test_is_filled(p, size_of(7), 7));
	free(p);
}

int
main(void)
{
	void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);

	CHECK(vmmalloc_host_get != NULL);
	if (libc == NULL)
		test_skip("no libc.so.6");
	libc_malloc = (void *(*)(size_t))dlsym(libc, "malloc");
	CHECK(libc_malloc != NULL);
	usable();
	freed();
	freed_otherwise();
	reallocated();
	not_reallocated();
	return 0;
}
