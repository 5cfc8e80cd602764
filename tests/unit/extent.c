/* SPDX-License-Identifier: BSD-3-Clause */
/* base/extent.c against an array with one flag per page: whether it is free. */
#include "config.h"

#include "base/extent.h"

#include "tests/unit/unit.h"

#include <string.h>

#define PAGES 1500

static struct vmm_extent_set set;
static bool is_free[PAGES];
static size_t free_pages;

static void
set_up(void)
{
	vmm_extent_set_init(&set, calloc(1, vmm_extent_set_bytes(PAGES)));
}

static void
model_put(size_t page, size_t n)
{
	vmm_extent_insert(&set, page, n);
	for (size_t i = page; i < page + n; i++)
		is_free[i] = true;
	free_pages += n;
}

static bool
model_fits(size_t page, size_t n)
{
	for (size_t i = page; i < page + n; i++)
		if (i >= PAGES || !is_free[i])
			return false;
	return true;
}

static void
model_taken(size_t page, size_t n)
{
	ck_assert(model_fits(page, n));
	for (size_t i = page; i < page + n; i++)
		is_free[i] = false;
	free_pages -= n;
}

/* The lowest free pages that fit, or VMM_EXTENT_NONE. */
static size_t
model_find(size_t n, size_t align, size_t base)
{
	for (size_t i = 0; i < PAGES; i++)
		if ((i + base) % align == 0 && model_fits(i, n))
			return i;
	return VMM_EXTENT_NONE;
}

/* The set has exactly the model's maximal runs: coalesced and in order. */
static void
check_equal(void)
{
	size_t before = SIZE_MAX;
	size_t page, n, seen = 0;

	while (vmm_extent_last_before(&set, before, &page, &n)) {
		ck_assert_uint_gt(n, 0);
		ck_assert(before == SIZE_MAX || page + n < before);
		ck_assert(model_fits(page, n));
		ck_assert(page == 0 || !is_free[page - 1]);
		ck_assert(page + n == PAGES || !is_free[page + n]);
		seen += n;
		before = page;
	}
	ck_assert_uint_eq(seen, free_pages);
	ck_assert_uint_eq(set.total, free_pages);
}

START_TEST(empty)
{
	size_t page, n;

	ck_assert_uint_eq(vmm_extent_remove(&set, 1, 1, 0), VMM_EXTENT_NONE);
	ck_assert(!vmm_extent_remove_at(&set, 0, 1));
	ck_assert(!vmm_extent_last_before(&set, SIZE_MAX, &page, &n));
	ck_assert_uint_eq(set.total, 0);
}
END_TEST

START_TEST(coalesces)
{
	model_put(10, 10);
	model_put(30, 10);
	check_equal();
	model_put(20, 5); /* next to the one below */
	check_equal();
	model_put(28, 2); /* next to the one above */
	check_equal();
	model_put(25, 3); /* with both */
	check_equal();
	ck_assert_uint_eq(vmm_extent_remove(&set, 30, 1, 0), 10);
}
END_TEST

START_TEST(lowest_address_first)
{
	model_put(100, 50);
	model_put(5, 3);
	model_put(40, 10);
	ck_assert_uint_eq(vmm_extent_remove(&set, 2, 1, 0), 5);
	ck_assert_uint_eq(vmm_extent_remove(&set, 4, 1, 0), 40);
	ck_assert_uint_eq(vmm_extent_remove(&set, 1, 1, 0), 7);
	ck_assert_uint_eq(vmm_extent_remove(&set, 7, 1, 0), 100);
	ck_assert_uint_eq(vmm_extent_remove(&set, 6, 1, 0), 44);
	ck_assert_uint_eq(vmm_extent_remove(&set, 44, 1, 0), VMM_EXTENT_NONE);
	ck_assert_uint_eq(vmm_extent_remove(&set, 43, 1, 0), 107);
	ck_assert_uint_eq(set.total, 0);
}
END_TEST

START_TEST(takes_exactly)
{
	model_put(10, 20);
	ck_assert(!vmm_extent_remove_at(&set, 9, 2));
	ck_assert(!vmm_extent_remove_at(&set, 29, 2));
	ck_assert(!vmm_extent_remove_at(&set, 30, 1));
	ck_assert(!vmm_extent_remove_at(&set, 10, 21));
	check_equal();
	ck_assert(vmm_extent_remove_at(&set, 15, 5)); /* from the middle */
	model_taken(15, 5);
	check_equal();
	ck_assert(vmm_extent_remove_at(&set, 10, 5));
	model_taken(10, 5);
	ck_assert(vmm_extent_remove_at(&set, 25, 5));
	model_taken(25, 5);
	check_equal();
}
END_TEST

/* Takes n pages, which must start at page. */
static void
take(size_t n, size_t align, size_t base, size_t page)
{
	ck_assert_uint_eq(vmm_extent_remove(&set, n, align, base), page);
	model_taken(page, n);
	check_equal();
}

START_TEST(aligned)
{
	model_put(3, 60);
	take(4, 16, 0, 16);
	/* base counts: addresses must be aligned, not page numbers */
	take(4, 16, 7, 9);
	ck_assert_uint_eq(vmm_extent_remove(&set, 1, 64, 0), VMM_EXTENT_NONE);
}
END_TEST

/* Only one extent fits, and only just. */
START_TEST(aligned_just_fits)
{
	model_put(1, 14);
	model_put(33, 14);
	model_put(64, 8);
	model_put(81, 14);
	ck_assert_uint_eq(vmm_extent_remove(&set, 8, 64, 0), 64);
}
END_TEST

/* A hole that is aligned is reused, although there is room above it. */
START_TEST(aligned_hole)
{
	model_put(1, 6);
	model_put(8, 4);
	model_put(100, 100);
	ck_assert_uint_eq(vmm_extent_remove(&set, 4, 4, 0), 8);
}
END_TEST

/*
 * If many holes are not aligned, only some are tried before an extent that fits
 * whatever its alignment; all are tried if there is no such extent.
 */
START_TEST(aligned_above_many_holes)
{
	for (size_t page = 1; page < 800; page += 8)
		model_put(page, 3);
	model_put(808, 3);
	model_put(825, 6);
	take(3, 4, 0, 828);
	take(3, 4, 0, 808);
	ck_assert_uint_eq(vmm_extent_remove(&set, 3, 4, 0), VMM_EXTENT_NONE);
}
END_TEST

/* Arithmetic at the end of the range does not wrap. */
START_TEST(huge_requests)
{
	model_put(0, PAGES);
	ck_assert_uint_eq(
		vmm_extent_remove(&set, SIZE_MAX, 1, 0), VMM_EXTENT_NONE);
	ck_assert_uint_eq(
		vmm_extent_remove(&set, SIZE_MAX - 5, 512, 0), VMM_EXTENT_NONE);
	ck_assert_uint_eq(vmm_extent_remove(&set, 1, SIZE_MAX / 2 + 1, 0), 0);
}
END_TEST

/* The set has nodes for the largest possible number of extents. */
START_TEST(every_second_page)
{
	for (size_t i = 0; i < PAGES; i += 2)
		model_put(i, 1);
	check_equal();
	ck_assert_uint_eq(vmm_extent_remove(&set, 2, 1, 0), VMM_EXTENT_NONE);
	for (size_t i = 1; i < PAGES; i += 2)
		model_put(i, 1);
	check_equal();
	ck_assert_uint_eq(vmm_extent_remove(&set, PAGES, 1, 0), 0);
}
END_TEST

/* Puts back a run of taken pages around a random one. */
static void
random_put(void)
{
	size_t page = (size_t)random() % PAGES;
	size_t n = 0;
	size_t max = 1 + (size_t)random() % 40;

	while (n < max && page + n < PAGES && !is_free[page + n])
		n++;
	if (n > 0)
		model_put(page, n);
}

static void
random_take(void)
{
	size_t n = 1 + (size_t)random() % (random() % 8 == 0 ? 200 : 20);
	size_t align = (size_t)1 << (random() % 2 == 0 ? 0 : random() % 7);
	size_t base = (size_t)random() % 1024;
	size_t expected = model_find(n, align, base);
	size_t got = vmm_extent_remove(&set, n, align, base);

	if (align == 1)
		ck_assert_uint_eq(got, expected);
	if (expected == VMM_EXTENT_NONE) {
		ck_assert_uint_eq(got, VMM_EXTENT_NONE);
		return;
	}
	ck_assert_uint_ne(got, VMM_EXTENT_NONE);
	ck_assert_uint_eq((got + base) % align, 0);
	model_taken(got, n);
}

static void
random_take_at(void)
{
	size_t page = (size_t)random() % PAGES;
	size_t n = 1 + (size_t)random() % 10;
	bool fits = model_fits(page, n);

	ck_assert_int_eq(vmm_extent_remove_at(&set, page, n), fits);
	if (fits)
		model_taken(page, n);
}

START_TEST(random_history)
{
	srandom((unsigned int)_i + 1);
	model_put(0, PAGES);
	for (int i = 0; i < 6000; i++) {
		switch (random() % 5) {
		case 0:
		case 1:
			random_take();
			break;
		case 2:
			random_take_at();
			break;
		default:
			random_put();
			break;
		}
		if (i % 16 == 0)
			check_equal();
	}
	/* all pages put back: one extent again, none lost */
	for (size_t i = 0; i < PAGES; i++)
		if (!is_free[i])
			model_put(i, 1);
	check_equal();
	ck_assert_uint_eq(vmm_extent_remove(&set, PAGES, 1, 0), 0);
}
END_TEST

/* Long use does not exhaust the nodes. */
START_TEST(bounded_nodes)
{
	size_t bytes = vmm_extent_set_bytes(PAGES);

	srandom(9);
	model_put(0, PAGES);
	for (int i = 0; i < 300000; i++) {
		if (random() % 2 == 0)
			random_take_at();
		else
			random_put();
	}
	ck_assert_uint_le(set.used * sizeof(struct vmm_extent), bytes);
	check_equal();
}
END_TEST

static unsigned int
depth(const struct vmm_extent_set *of, uint32_t node)
{
	unsigned int left, right;

	if (node == 0)
		return 0;
	left = depth(of, of->nodes[node].left);
	right = depth(of, of->nodes[node].right);
	return 1 + (left > right ? left : right);
}

/*
 * Regular programs leave regular sets: first every second page is free, then
 * only every a-th of these. The tree of those that are left must not degenerate
 * to a list, whatever a is; random order gives a depth of about 2 log2(n), here
 * 18.
 */
START_TEST(stays_shallow)
{
	enum { LEFT = 400, DEPTH_MAX = 64 };

	for (size_t a = 1, b = 1; a < 1000; b += a, a = b - a) {
		size_t pages = 2 * a * LEFT;
		struct vmm_extent_set own;

		vmm_extent_set_init(
			&own, calloc(1, vmm_extent_set_bytes(pages)));
		for (size_t i = 0; i < a * LEFT; i++)
			vmm_extent_insert(&own, 2 * i, 1);
		ck_assert_uint_le(depth(&own, own.root), DEPTH_MAX);
		for (size_t i = 0; i < a * LEFT; i++)
			if (i % a != 0)
				ck_assert(vmm_extent_remove_at(&own, 2 * i, 1));
		ck_assert_uint_eq(own.total, LEFT);
		ck_assert_uint_le(depth(&own, own.root), DEPTH_MAX);
		/* recycled nodes, inserted in another order */
		for (size_t i = 0; i < a * LEFT; i++)
			if (i % a == 1)
				vmm_extent_insert(&own, 2 * i, 1);
		ck_assert_uint_le(depth(&own, own.root), DEPTH_MAX);
		free(own.nodes);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("extent");
	TCase *cases = tcase_create("all");

	tcase_add_checked_fixture(cases, set_up, NULL);
	tcase_add_test(cases, empty);
	tcase_add_test(cases, coalesces);
	tcase_add_test(cases, lowest_address_first);
	tcase_add_test(cases, takes_exactly);
	tcase_add_test(cases, aligned);
	tcase_add_test(cases, aligned_just_fits);
	tcase_add_test(cases, aligned_hole);
	tcase_add_test(cases, aligned_above_many_holes);
	tcase_add_test(cases, huge_requests);
	tcase_add_test(cases, every_second_page);
	tcase_add_loop_test(cases, random_history, 0, 10);
	tcase_add_test(cases, bounded_nodes);
	tcase_add_test(cases, stays_shallow);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
