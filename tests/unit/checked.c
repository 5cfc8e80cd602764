/* SPDX-License-Identifier: BSD-3-Clause */
/* core/checked.h at its limits. */
#include "config.h"

#include "base/checked.h"

#include "tests/unit/unit.h"

#include <stdint.h>

START_TEST(add)
{
	size_t r;

	ck_assert(!vmm_add_overflows(1, 2, &r));
	ck_assert_uint_eq(r, 3);
	ck_assert(!vmm_add_overflows(SIZE_MAX, 0, &r));
	ck_assert_uint_eq(r, SIZE_MAX);
	ck_assert(vmm_add_overflows(SIZE_MAX, 1, &r));
	ck_assert(vmm_add_overflows(SIZE_MAX / 2 + 1, SIZE_MAX / 2 + 1, &r));
}
END_TEST

START_TEST(multiply)
{
	size_t r;

	ck_assert(!vmm_mul_overflows(SIZE_MAX, 1, &r));
	ck_assert_uint_eq(r, SIZE_MAX);
	ck_assert(!vmm_mul_overflows(SIZE_MAX, 0, &r));
	ck_assert_uint_eq(r, 0);
	ck_assert(!vmm_mul_overflows(SIZE_MAX / 3, 3, &r));
	ck_assert(vmm_mul_overflows(SIZE_MAX / 2 + 1, 2, &r));
	ck_assert(vmm_mul_overflows(SIZE_MAX, SIZE_MAX, &r));
}
END_TEST

START_TEST(power_of_two)
{
	ck_assert(!vmm_is_power_of_two(0));
	for (size_t n = 1; n <= 70000; n++)
		ck_assert_int_eq(
			vmm_is_power_of_two(n), __builtin_popcountl(n) == 1);
	ck_assert(vmm_is_power_of_two(SIZE_MAX / 2 + 1));
	ck_assert(!vmm_is_power_of_two(SIZE_MAX));
}
END_TEST

START_TEST(align)
{
	size_t r;

	for (size_t a = 1; a <= 64; a *= 2) {
		for (size_t n = 0; n < 300; n++) {
			size_t up = (n + a - 1) / a * a;

			ck_assert_uint_eq(vmm_align_up(n, a), up);
			ck_assert_uint_eq(vmm_align_down(n, a), n / a * a);
			ck_assert(!vmm_align_up_overflows(n, a, &r));
			ck_assert_uint_eq(r, up);
		}
	}
	ck_assert(vmm_align_up_overflows(SIZE_MAX, 4096, &r));
	ck_assert(vmm_align_up_overflows(SIZE_MAX - 4094, 4096, &r));
	ck_assert(!vmm_align_up_overflows(SIZE_MAX - 4095, 4096, &r));
	ck_assert_uint_eq(r, SIZE_MAX - 4095);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("checked");
	TCase *cases = tcase_create("all");

	tcase_add_test(cases, add);
	tcase_add_test(cases, multiply);
	tcase_add_test(cases, power_of_two);
	tcase_add_test(cases, align);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
