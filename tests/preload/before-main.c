/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks from before main, and from before the backend is live, are like any
 * other: they lie in the pool, and can be freed, resized and measured later.
 */
#include "platform.h"
#include "test.h"

#define BLOCKS 400
#define SIZE 1000

struct stage {
	unsigned char *blocks[BLOCKS];
	unsigned char *zeroed;
	unsigned char *aligned;
	unsigned char *large;
	unsigned char *grown;
};

static struct stage before_all, before_main;

static void
allocate(struct stage *s)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		s->blocks[i] = malloc(SIZE);
		CHECK(s->blocks[i] != NULL);
		test_fill(s->blocks[i], SIZE, i);
	}
	free(malloc(77));
	free(NULL);
	s->zeroed = calloc(100, 70);
	CHECK(s->zeroed != NULL && test_is_zero(s->zeroed, 7000));
	s->aligned = memalign(4096, 100);
	CHECK(s->aligned != NULL && (uintptr_t)s->aligned % 4096 == 0);
	s->large = malloc(MIB);
	CHECK(s->large != NULL);
	test_fill(s->large, MIB, 9);
	s->grown = malloc(10);
	CHECK(s->grown != NULL);
	for (size_t size = 10; size < 10000; size += 99) {
		test_fill(s->grown, size, 4);
		s->grown = realloc(s->grown, size + 99);
		CHECK(s->grown != NULL);
		CHECK(test_is_filled(s->grown, size, 4));
	}
	errno = 0;
	CHECK(malloc(test_opaque(PTRDIFF_MAX)) == NULL && errno == ENOMEM);
	errno = 0;
	CHECK(calloc(test_opaque(SIZE_MAX / 2 + 1), 2) == NULL &&
		errno == ENOMEM);
	CHECK(malloc_usable_size(s->zeroed) >= 7000);
}

/* Runs before the constructors of all libraries. */
static void
preinit(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	allocate(&before_all);
}

__attribute__((section(".preinit_array"), used)) static void (*const early)(
	int, char **, char **) = preinit;

__attribute__((constructor(101))) static void
construct(void)
{
	allocate(&before_main);
}

static void
verify(struct stage *s)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		CHECK(test_is_in_pool(s->blocks[i]));
		CHECK(test_is_filled(s->blocks[i], SIZE, i));
		CHECK(malloc_usable_size(s->blocks[i]) >= SIZE);
		if (i % 2 == 0) {
			s->blocks[i] = realloc(s->blocks[i], 3 * SIZE);
			CHECK(s->blocks[i] != NULL);
			CHECK(test_is_filled(s->blocks[i], SIZE, i));
			test_fill(s->blocks[i], 3 * SIZE, i);
		}
	}
	CHECK(test_is_in_pool(s->zeroed) && test_is_zero(s->zeroed, 7000));
	CHECK(test_is_in_pool(s->aligned));
	CHECK(test_is_in_pool(s->large) && test_is_filled(s->large, MIB, 9));
	CHECK(test_is_in_pool(s->grown));
	s->large = realloc(s->large, 10);
	CHECK(s->large != NULL && test_is_filled(s->large, 10, 9));
	CHECK(realloc(s->grown, 0) == NULL);
	for (unsigned int i = 0; i < BLOCKS; i++)
		free(s->blocks[i]);
	free(s->zeroed);
	free(s->aligned);
	free(s->large);
}

int
main(void)
{
	CHECK(vmmalloc_host_get != NULL);
	if (TEST_HAS_PREINIT)
		verify(&before_all);
	verify(&before_main);
	return 0;
}
