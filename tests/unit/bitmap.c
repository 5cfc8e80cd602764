/* SPDX-License-Identifier: BSD-3-Clause */
/* core/bitmap.h against an array of bools. */
#include "config.h"

#include "base/bitmap.h"

#include "tests/unit/unit.h"

#include <stdbool.h>

#define BITS 300

static uint64_t map[VMM_BITMAP_WORDS(BITS)];
static bool model[BITS];

static void
check_equal(void)
{
	size_t i = 0;

	while (i < BITS && (map[i / 64] >> i % 64 & 1) == model[i])
		i++;
	ck_assert_uint_eq(i, BITS);
}

static size_t
model_find(size_t first, size_t last, bool value)
{
	while (first < last && model[first] != value)
		first++;
	return first;
}

START_TEST(words_needed)
{
	ck_assert_uint_eq(VMM_BITMAP_WORDS(0), 0);
	ck_assert_uint_eq(VMM_BITMAP_WORDS(1), 1);
	ck_assert_uint_eq(VMM_BITMAP_WORDS(64), 1);
	ck_assert_uint_eq(VMM_BITMAP_WORDS(65), 2);
}
END_TEST

START_TEST(empty_range)
{
	ck_assert_uint_eq(vmm_bitmap_assign(map, 5, 5, true), 0);
	ck_assert_uint_eq(vmm_bitmap_assign(map, 64, 64, true), 0);
	check_equal();
	ck_assert_uint_eq(vmm_bitmap_find(map, 7, 7, true), 7);
	ck_assert_uint_eq(vmm_bitmap_find(map, 7, 7, false), 7);
}
END_TEST

/* Ranges of many lengths are set, set again and cleared. */
START_TEST(all_ranges)
{
	for (size_t first = 0; first < BITS; first += 7) {
		for (size_t last = first; last <= BITS; last += 11) {
			size_t n = last - first;

			ck_assert_uint_eq(
				vmm_bitmap_assign(map, first, last, true), n);
			ck_assert_uint_eq(
				vmm_bitmap_assign(map, first, last, true), 0);
			ck_assert_uint_eq(vmm_bitmap_find(map, 0, BITS, true),
				n > 0 ? first : BITS);
			ck_assert_uint_eq(
				vmm_bitmap_find(map, first, BITS, false), last);
			ck_assert_uint_eq(
				vmm_bitmap_assign(map, first, last, false), n);
			check_equal();
		}
	}
}
END_TEST

START_TEST(random_history)
{
	srandom(1);
	for (int i = 0; i < 20000; i++) {
		size_t a = (size_t)random() % (BITS + 1);
		size_t b = (size_t)random() % (BITS + 1);
		size_t first = a < b ? a : b;
		size_t last = a < b ? b : a;
		bool value = random() % 2 == 0;
		size_t changed = 0;

		ck_assert_uint_eq(vmm_bitmap_find(map, first, last, value),
			model_find(first, last, value));
		if (random() % 2 == 0)
			last = first + (last - first) / 16;
		for (size_t k = first; k < last; k++) {
			changed += model[k] != value;
			model[k] = value;
		}
		ck_assert_uint_eq(
			vmm_bitmap_assign(map, first, last, value), changed);
	}
	check_equal();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("bitmap");
	TCase *cases = tcase_create("all");

	tcase_add_test(cases, words_needed);
	tcase_add_test(cases, empty_range);
	tcase_add_test(cases, all_ranges);
	tcase_add_test(cases, random_history);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
