/* SPDX-License-Identifier: BSD-3-Clause */
/* core/defer.h: large requests are backed at the first touch. */
#include "config.h"

#include "core/defer.h"

#include "core/commit.h"
#include "core/pages.h"
#include "core/pool.h"
#include "tests/unit/pool.h"

#define LARGE (4 * MIB)

static size_t n; /* pages of a large request */

/* Allocates and commits a large request in a new pool. */
static void
begin(int directory)
{
	bool is_zero = false;

	create(directory);
	vmm_defer_allow(&pool);
	n = LARGE / pool.page_size;
	vmm_pages_free(&pool, 0, pool.pages);
	ck_assert_uint_eq(vmm_pages_alloc(&pool, n, 1), 0);
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, n, &is_zero), 0);
	ck_assert(is_zero);
	ck_assert_uint_ge(pool.committed_pages, n);
}

/* Then this many pages are backed. */
static void
commit(size_t page, size_t count, size_t backed)
{
	ck_assert_int_eq(vmm_pool_commit(&pool, page, count, NULL), 0);
	ck_assert_uint_eq(backing_bytes(), backed * pool.page_size);
	ck_assert(vmm_pages_are_consistent(&pool));
}

START_TEST(backed_when_touched)
{
	begin(0);
	ck_assert_uint_eq(backing_bytes(), 0);
	ck_assert_uint_eq(vmm_defer_find(&pool, 0, n), 0);
	memset(page_at(5), 1, pool.page_size);
	memset(page_at(n - 1), 1, pool.page_size);
	ck_assert_uint_eq(backing_bytes(), 2 * pool.page_size);
	commit(0, n, 2);
}
END_TEST

/* Touching memory that serves small requests later cannot fail. */
START_TEST(small_ones_are_backed)
{
	begin(0);
	page_at(8)[0] = 1;
	vmm_pages_free(&pool, 0, n);
	commit(7, 3, 3);
	ck_assert_int_eq(page_at(8)[0], 1);
	ck_assert_uint_eq(vmm_defer_find(&pool, 7, n), 10);
	commit(7, 3, 3);
}
END_TEST

START_TEST(purged)
{
	begin(0);
	page_at(8)[0] = 1;
	ck_assert_int_eq(vmm_pool_purge(&pool, 0, n / 2), 0);
	ck_assert_uint_eq(backing_bytes(), 0);
	ck_assert_uint_eq(vmm_defer_find(&pool, 0, n), n / 2);
	/* what is committed around a small request is backed as well */
	ck_assert_int_eq(vmm_pool_commit(&pool, 8, 1, NULL), 0);
	ck_assert_uint_ge(backing_bytes(), pool.page_size);
	ck_assert(reads(0, 8, 1));
	ck_assert_uint_eq(vmm_defer_find(&pool, 0, n), n / 2);
	ck_assert(vmm_pages_are_consistent(&pool));
}
END_TEST

/* A part that was committed before stays backed, and keeps its contents. */
START_TEST(around_others)
{
	size_t other;

	create(0);
	vmm_defer_allow(&pool);
	n = LARGE / pool.page_size;
	other = n / 4;
	pool.may_use_huge_pages = pool.wants_huge = false;
	ck_assert_int_eq(vmm_pool_commit(&pool, other, 1, NULL), 0);
	page_at(other)[0] = 7;
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, n, NULL), 0);
	ck_assert_uint_lt(backing_bytes(), MIB);
	ck_assert_int_eq(page_at(other)[0], 7);
	ck_assert_uint_gt(vmm_defer_find(&pool, other, n), other);
	ck_assert(vmm_pages_are_consistent(&pool));
}
END_TEST

/* Only where pages are backed one by one. */
START_TEST(allowed)
{
	create(_i);
	vmm_defer_allow(&pool);
	ck_assert_int_eq(pool.defers, pool.unit == 1);
	pool.unit = 2;
	vmm_defer_allow(&pool);
	ck_assert(!pool.defers);
	pool.unit = 1;
	pool.is_device = true;
	vmm_defer_allow(&pool);
	ck_assert(!pool.defers);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("defer");
	TCase *cases = tcase_create("all");

	tcase_add_test(cases, backed_when_touched);
	tcase_add_test(cases, small_ones_are_backed);
	tcase_add_test(cases, purged);
	tcase_add_test(cases, around_others);
	tcase_add_loop_test(cases, allowed, 0, 2);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
