/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * jemalloc's functions for blocks, and glibc's other names of malloc, use the
 * same heap as malloc: a block from one can be resized and freed by any other.
 * The checks hold for libjemalloc itself too, if that is preloaded.
 */
#include "test.h"

#include <malloc.h>
#include <strings.h>

void *mallocx(size_t size, int flags);
void *rallocx(void *ptr, size_t size, int flags);
size_t xallocx(void *ptr, size_t size, size_t extra, int flags);
size_t sallocx(const void *ptr, int flags);
void dallocx(void *ptr, int flags);
void sdallocx(void *ptr, size_t size, int flags);
size_t nallocx(size_t size, int flags);
#pragma weak mallocx
#pragma weak rallocx
#pragma weak xallocx
#pragma weak sallocx
#pragma weak dallocx
#pragma weak sdallocx
#pragma weak nallocx

/* As in jemalloc.h, which need not be there. */
#define ALIGN(alignment) (ffsl(alignment) - 1)
#define ZERO 0x40
#define TCACHE_NONE (1 << 8)
#define ARENA(arena) (((arena) + 1) << 20)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const size_t sizes[] = { 1, 7, 16, 17, 100, 128, 129, 500, 1024, 1025,
	4000, 4096, 8192, 14000, 32768, 32769, 70000, 262144, 1000000, 1048577,
	5000000 };

/*
 * A block has exactly the size that nallocx returned, and all of it is usable.
 */
static void
sizes_are_foretold(void)
{
	for (size_t i = 0; i < COUNT(sizes); i++)
		for (size_t align = 1; align <= 65536; align *= 2) {
			int flags = align > 1 ? ALIGN((long)align) : 0;
			size_t size = nallocx(sizes[i], flags);
			void *p = mallocx(sizes[i], flags);

			CHECK(p != NULL && test_is_in_pool(p));
			CHECK((uintptr_t)p % align == 0);
			CHECK(size >= sizes[i]);
			CHECK(sallocx(p, 0) == size);
			CHECK(malloc_usable_size(p) == size);
			test_fill(p, size, 1);
			CHECK(xallocx(p, size, 0, flags) == size);
			CHECK(test_is_filled(p, size, 1));
			sdallocx(p, i % 2 == 0 ? sizes[i] : size, flags);
		}
}

/* Each way to allocate a block is combined with each way to free it. */
static void *
get(unsigned int how, size_t size)
{
	void *p;

	switch (how) {
	case 0:
		return malloc(size);
	case 1:
		return calloc(1, size);
	case 2:
		return aligned_alloc(64, size);
	case 3:
		return mallocx(size, 0);
	case 4:
		return mallocx(size, ALIGN(4096) | TCACHE_NONE);
	case 5:
		return mallocx(size, ALIGN(16) | ZERO);
	case 6:
		p = malloc(1);
		CHECK(p != NULL);
		return rallocx(p, size, 0);
	default:
		return NULL;
	}
}

static bool
get_rid(unsigned int how, void *p, size_t size)
{
	switch (how) {
	case 0:
		free(p);
		return true;
	case 1:
		dallocx(p, 0);
		return true;
	case 2:
		dallocx(p, TCACHE_NONE);
		return true;
	case 3:
		p = realloc(p, size + 1000);
		CHECK(p != NULL && test_is_filled(p, size, 2));
		free(p);
		return true;
	case 4:
		p = rallocx(p, size * 2, 0);
		CHECK(p != NULL && test_is_filled(p, size, 2));
		free(p);
		return true;
	case 5:
		p = rallocx(p, size / 2 + 1, ALIGN(256));
		CHECK(p != NULL && test_is_filled(p, size / 2, 2));
		CHECK((uintptr_t)p % 256 == 0);
		dallocx(p, ALIGN(256));
		return true;
	default:
		return false;
	}
}

static void
all_mix(void)
{
	void *p;

	for (size_t i = 0; i < COUNT(sizes); i++)
		for (unsigned int from = 0; (p = get(from, sizes[i])) != NULL;
			from++) {
			unsigned int to = 0;

			do {
				CHECK(test_is_in_pool(p));
				test_fill(p, sizes[i], 2);
			} while (get_rid(to++, p, sizes[i]) &&
				(p = get(from, sizes[i])) != NULL);
			free(p);
		}
	/* Like servers that ask for the usable size of their blocks. */
	for (size_t i = 0; i < COUNT(sizes); i++) {
		p = malloc(sizes[i]);
		CHECK(p != NULL);
		sdallocx(p, malloc_usable_size(p), 0);
	}
	p = strdup("a text of the C library's");
	CHECK(p != NULL);
	dallocx(p, 0);
}

static void
zero_is_zero(void)
{
	for (size_t i = 0; i < COUNT(sizes); i++)
		for (int align = 1; align <= 4096; align *= 16) {
			int flags = ALIGN(align) | ZERO;
			void *dirty = malloc(sizes[i]);
			unsigned char *p;
			size_t old;

			CHECK(dirty != NULL);
			memset(dirty, 0xff, sizes[i]);
			free(dirty);
			p = mallocx(sizes[i], flags);
			CHECK(p != NULL);
			old = sallocx(p, 0);
			CHECK(test_is_zero(p, sizes[i]));
			test_fill(p, old, 3);
			p = rallocx(p, old * 3, flags);
			CHECK(p != NULL && test_is_filled(p, old, 3));
			CHECK(test_is_zero(p + old, old * 2));
			CHECK((uintptr_t)p % (size_t)align == 0);
			dallocx(p, flags);
		}
}

/* A call that fails returns an error and leaves the block as it was. */
static void
too_large(void)
{
	size_t huge = test_opaque(SIZE_MAX / 2 + 100);
	void *p = malloc(100);

	CHECK(p != NULL);
	test_fill(p, 100, 4);
	CHECK(mallocx(huge, 0) == NULL);
	CHECK(mallocx(huge, ZERO) == NULL);
	CHECK(mallocx(huge, ALIGN(4096)) == NULL);
	CHECK(rallocx(p, huge, 0) == NULL);
	CHECK(rallocx(p, huge, ALIGN(4096) | ZERO) == NULL);
	CHECK(nallocx(huge, 0) == 0);
	CHECK(nallocx(huge, ALIGN(64)) == 0);
	CHECK(xallocx(p, SIZE_MAX / 4, 0, 0) < SIZE_MAX / 4);
	CHECK(test_is_filled(p, 100, 4));
	dallocx(p, 0);
}

/* Arena 0 always exists; blocks that are freed really become free. */
static void
flags_do_no_harm(void)
{
	for (unsigned int i = 0; i < 1000; i++) {
		int flags = i % 2 == 0 ? TCACHE_NONE : ARENA(0) | TCACHE_NONE;
		void *p = mallocx(4 * MIB, flags);

		CHECK(p != NULL);
		((char *)p)[i] = 1;
		p = rallocx(p, 5 * MIB, flags);
		CHECK(p != NULL && ((char *)p)[i] == 1);
		if (i % 3 == 0)
			free(p);
		else
			sdallocx(p, 5 * MIB, flags);
	}
}

#ifdef HAVE_MALLINFO
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t nmemb, size_t size);
void *__libc_realloc(void *ptr, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void *__libc_valloc(size_t size);
void *__libc_pvalloc(size_t size);
void __libc_free(void *ptr);

static void
libc_names(void)
{
	for (size_t i = 0; i < COUNT(sizes); i++) {
		void *blocks[] = { __libc_malloc(sizes[i]),
			__libc_calloc(1, sizes[i]),
			__libc_realloc(malloc(1), sizes[i]),
			__libc_memalign(64, sizes[i]), __libc_valloc(sizes[i]),
			__libc_pvalloc(sizes[i]), malloc(sizes[i]) };

		for (size_t k = 0; k < COUNT(blocks); k++) {
			CHECK(blocks[k] != NULL);
			CHECK(test_is_in_pool(blocks[k]));
			test_fill(blocks[k], sizes[i], 5);
			if (k % 2 == 0)
				blocks[k] = realloc(blocks[k], sizes[i] * 2);
			CHECK(test_is_filled(blocks[k], sizes[i], 5));
		}
		for (size_t k = 0; k < COUNT(blocks) - 1; k++)
			free(blocks[k]);
		__libc_free(blocks[COUNT(blocks) - 1]);
	}
}
#endif

int
main(void)
{
	if (mallocx == NULL)
		test_skip("nobody has jemalloc's functions");
	sizes_are_foretold();
	all_mix();
	zero_is_zero();
	too_large();
	flags_do_no_harm();
#ifdef HAVE_MALLINFO
	if (vmmalloc_host_get != NULL)
		libc_names();
#endif
	return 0;
}
