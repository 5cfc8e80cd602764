/* SPDX-License-Identifier: BSD-3-Clause */
/* backends/native/slab_blocks.c: which blocks of a slab are taken, and when. */
#include "config.h"

#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/slab.h"
#include "base/checked.h"
#include "core/host.h"
#include "core/pool.h"
#include "tests/unit/make-pool.h"
#include "tests/unit/unit.h"

#define MIB ((size_t)1 << 20)
#define SLABS 64u
#define PAGE ((size_t)4096)

static const size_t sizes[] = { 16, 48, 64, 256, 1024, 4608, 32768 };

static struct vmm_pool pool;
static const struct nat_shape *shape;
static struct nat_slab *slab;
static struct nat_misuse misuse;
static void *blocks[4096];

static void
set_up(void)
{
	unit_make_pool(&pool, ".", 64 * MIB);
	unit_start_host(&pool);
	ck_assert_int_eq(nat_meta_init(MIB, 0), 0);
	ck_assert_int_eq(nat_map_init(vmmalloc_host_get()), 0);
	nat_slab_init(vmmalloc_host_get());
}

/* Makes a new slab of blocks of this size. */
static void
make_slab(size_t size)
{
	unsigned int tag = nat_class_of(size);

	shape = &nat_shapes[tag];
	ck_assert_uint_eq(shape->size, size);
	slab = nat_slab_create(tag, shape->span);
	ck_assert_ptr_nonnull(slab);
}

/* Takes all carved blocks, three at a time, in the order of allocation. */
static size_t
take_all(void)
{
	size_t n = 0;
	size_t taken;

	do {
		void *some[3];

		taken = nat_slab_alloc(slab, some, 3);
		for (size_t i = 0; i < taken; i++)
			blocks[n++] = some[2 - i];
	} while (taken == 3);
	return n;
}

/* Each block follows the one taken before, except for one wrap-around. */
static void
check_order(size_t n, size_t first)
{
	char *start = slab->start + first * shape->size;
	size_t at = (size_t)((char *)blocks[0] - start) / shape->size;

	for (size_t i = 0; i < n; i++) {
		ck_assert_ptr_eq(blocks[i], start + at * shape->size);
		at = at + 1 < n ? at + 1 : 0;
	}
}

/* Each carved block is taken once, and once more after it was put back. */
START_TEST(order)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = 0;

		make_slab(sizes[i]);
		ck_assert_uint_eq(take_all(), 0);
		while (n < slab->capacity) {
			size_t carved;

			ck_assert(nat_slab_carve(slab, 0));
			carved = take_all();
			check_order(carved, n);
			n += carved;
		}
		ck_assert_uint_eq(slab->n_out, n);
		ck_assert_uint_eq(take_all(), 0);
		for (size_t k = 0; k < n; k++)
			blocks[k] = slab->start + k * shape->size;
		ck_assert_uint_eq(
			nat_slab_free(slab, shape, blocks, n, &misuse), n);
		ck_assert_uint_eq(slab->n_out, 0);
		ck_assert_uint_eq(take_all(), n);
		check_order(n, 0);
	}
}
END_TEST

/* Free blocks with live ones between them: each is taken, in the same order. */
START_TEST(holes)
{
	size_t n, first;

	make_slab(64);
	ck_assert(nat_slab_carve(slab, 0));
	n = take_all();
	first = (size_t)((char *)blocks[0] - slab->start) / 64;
	for (size_t i = 0; i < n; i += 2)
		nat_slab_free_one(slab, shape, slab->start + i * 64, &misuse);
	ck_assert_uint_eq(take_all(), n / 2);
	first += first % 2;
	for (size_t i = 0; i < n / 2; i++)
		ck_assert_ptr_eq(
			blocks[i], slab->start + (first + 2 * i) % n * 64);
}
END_TEST

/* The first blocks of many slabs are spread over a page's cache lines. */
START_TEST(colors)
{
	for (size_t i = 0; sizes[i] <= 1024; i++) {
		size_t places = PAGE / sizes[i];
		bool is_used[PAGE / 16] = { false };
		size_t n = 0;

		for (unsigned int k = 0; k < SLABS; k++) {
			void *first;
			size_t at;

			make_slab(sizes[i]);
			ck_assert(nat_slab_carve(slab, 0));
			ck_assert_uint_eq(nat_slab_alloc(slab, &first, 1), 1);
			at = (uintptr_t)first % PAGE / sizes[i];
			n += !is_used[at];
			is_used[at] = true;
		}
		ck_assert_uint_ge(n, (places < SLABS ? places : SLABS) / 2);
	}
}
END_TEST

/* Carves for a few blocks: as many as fit in the pages that these need. */
START_TEST(few)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t size = sizes[i];
		size_t n;

		make_slab(size);
		ck_assert(nat_slab_carve(slab, 3));
		n = nat_slab_shape(slab)->carve;
		if (n > 3)
			n = vmm_align_up(
				    3 * size, vmmalloc_host_get()->page_size) /
				size;
		if (n > slab->capacity)
			n = slab->capacity;
		ck_assert_uint_eq(slab->carved, n);
		ck_assert_uint_eq(take_all(), n);
		ck_assert(nat_slab_carve(slab, 0));
		ck_assert_uint_eq(take_all() > 0, n < slab->capacity);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("native-slab");
	TCase *cases = tcase_create("slab");

	tcase_add_checked_fixture(cases, set_up, NULL);
	tcase_add_test(cases, order);
	tcase_add_test(cases, few);
	tcase_add_test(cases, holes);
	tcase_add_test(cases, colors);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
