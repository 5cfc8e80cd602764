/* SPDX-License-Identifier: BSD-3-Clause */
/* How native's realloc moves growing blocks; preload/realloc tests contents. */
#include "config.h"

#include "core/host.h"
#include "core/pool.h"
#include "tests/unit/make-pool.h"
#include "tests/unit/unit.h"
#include "vmmalloc/backend.h"

#define MIB ((size_t)1 << 20)
#define POOL_SIZE (512 * MIB)

extern const struct vmmalloc_backend vmmalloc_backend;

static struct vmm_pool pool;
static struct vmmalloc_backend heap;

static void
set_up(void)
{
	unit_make_pool(&pool, ".", POOL_SIZE);
	unit_start_host(&pool);
	heap = vmmalloc_backend;
	ck_assert_int_eq(heap.init(vmmalloc_host_get(), &heap), 0);
}

/* Grows a block to size bytes; returns whether it moved. */
static bool
grow(char **block, size_t size)
{
	char *moved = heap.realloc(*block, size);
	bool is_moved = moved != *block;

	ck_assert_ptr_nonnull(moved);
	*block = moved;
	return is_moved;
}

/*
 * A string that grows by a few bytes each time: six moves per doubling at most.
 */
START_TEST(appended)
{
	char *block = heap.malloc(256);
	unsigned int moves = 0;

	for (size_t size = 256; size <= 4096; size += 16)
		moves += grow(&block, size);
	ck_assert_uint_ge(moves, 4);
	ck_assert_uint_le(moves, 4 * 6);
}
END_TEST

/* A vector that grows by half: it gets memory for its current size only. */
START_TEST(by_half)
{
	char *block = heap.malloc(1024);

	for (size_t size = 1024; size < MIB; size += size / 2) {
		grow(&block, size);
		ck_assert_uint_le(heap.usable_size(block),
			size + size / 8 + pool.page_size);
	}
}
END_TEST

/* Vectors that grow together: at least half of the times in place. */
START_TEST(side_by_side)
{
	char *blocks[4];
	unsigned int moves = 0, calls = 0;

	for (unsigned int i = 0; i < 4; i++)
		blocks[i] = heap.malloc(2 * MIB);
	for (size_t size = 3 * MIB; size < 12 * MIB; size += size / 2) {
		for (unsigned int i = 0; i < 4; i++) {
			moves += grow(&blocks[i], size);
			calls++;
		}
	}
	ck_assert_uint_le(moves, calls / 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("native-realloc");
	TCase *cases = tcase_create("realloc");

	tcase_add_checked_fixture(cases, set_up, NULL);
	tcase_add_test(cases, appended);
	tcase_add_test(cases, by_half);
	tcase_add_test(cases, side_by_side);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
