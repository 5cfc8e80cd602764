/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every function that takes an alignment honours it and refuses invalid ones.
 */
#include "platform.h"
#include "test.h"

#define ALIGN_MAX (2 * MIB)
#define SIZES 8

static void *
by_posix_memalign(size_t align, size_t size)
{
	void *p = NULL;

	CHECK(posix_memalign(&p, align, size) == 0);
	return p;
}

static void
check_block(void *p, size_t align, size_t size)
{
	CHECK(p != NULL);
	CHECK((uintptr_t)p % align == 0);
	CHECK(malloc_usable_size(p) >= size);
	CHECK(test_is_in_pool(p));
}

static void
matrix(void *(*ask)(size_t, size_t))
{
	for (size_t align = 8; align <= ALIGN_MAX; align *= 2) {
		const size_t sizes[SIZES] = { 0, 1, 7, align - 1, align,
			align + 1, 3 * align, 5000 };
		void *blocks[SIZES];

		for (unsigned int i = 0; i < SIZES; i++) {
			blocks[i] = ask(align, sizes[i]);
			check_block(blocks[i], align, sizes[i]);
			test_fill(blocks[i], sizes[i], i);
		}
		for (unsigned int i = 0; i < SIZES; i++) {
			CHECK(test_is_filled(blocks[i], sizes[i], i));
			free(blocks[i]);
		}
	}
}

static void
pages(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (size_t size = 1; size < 8 * page; size += 1021) {
		void *v = valloc(size);
		void *pv = pvalloc(size);

		check_block(v, page, size);
		check_block(pv, page, (size + page - 1) / page * page);
		free(v);
		free(pv);
	}
	CHECK(pvalloc(test_opaque(SIZE_MAX)) == NULL && errno == ENOMEM);
	CHECK(valloc(test_opaque(SIZE_MAX)) == NULL && errno == ENOMEM);
}

static void
invalid(void)
{
	static const size_t bad[] = { 0, 1, 2, sizeof(void *) / 2, 3, 7, 9, 12,
		24, 4095, SIZE_MAX };
	void *untouched = &untouched;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(posix_memalign(&untouched, bad[i], 100) == EINVAL);
		CHECK(untouched == &untouched);
	}
	errno = 0;
	CHECK(memalign(test_opaque(SIZE_MAX / 2 + 2), 1) == NULL);
	CHECK(errno == EINVAL);
	errno = 0;
	CHECK(memalign(ALIGN_MAX, test_opaque(PTRDIFF_MAX)) == NULL);
	CHECK(errno == ENOMEM);
	CHECK(posix_memalign(&untouched, ALIGN_MAX, test_opaque(SIZE_MAX)) ==
		ENOMEM);
	CHECK(untouched == &untouched);
}

/* memalign takes any alignment; the block is aligned to at least that. */
static void
rounded_up(void)
{
	for (size_t align = 0; align < 300; align++) {
		size_t power = 1;
		void *p = memalign(align, 10);

		while (power < align)
			power *= 2;
		check_block(p, power, 10);
		free(p);
	}
}

int
main(void)
{
	matrix(memalign);
	matrix(aligned_alloc);
	matrix(by_posix_memalign);
	pages();
	invalid();
	rounded_up();
	return 0;
}
