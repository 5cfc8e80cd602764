/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The confidence interval of compare: that of a textbook, few values, and how
 * often it lacks the truth if the noise is skewed, has outliers or drifts.
 */
#include "config.h"

#include "cli/compare/signed_rank.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define EXPERIMENTS 4000
#define ERROR 0.05

/*
 * M. Hollander and D. A. Wolfe, "Nonparametric Statistical Methods", example
 * 3.1: differences of nine patients' depression scores.
 */
static const double scores[] = { 0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49,
	-0.08, 0.01 };

START_TEST(textbook)
{
	struct vmm_interval i = vmm_signed_rank(scores, 9, ERROR);

	ck_assert_double_eq_tol(i.estimate, 0.46, 1e-9);
	ck_assert(i.is_bounded);
	ck_assert_double_eq_tol(i.low, 0.010, 1e-9);
	ck_assert_double_eq_tol(i.high, 0.786, 1e-9);
	i = vmm_signed_rank(scores, 9, 0.01);
	ck_assert_double_eq_tol(i.low, -0.1135, 1e-9);
	ck_assert_double_eq_tol(i.high, 0.987, 1e-9);
}
END_TEST

START_TEST(few_values)
{
	ck_assert_uint_eq(vmm_signed_rank_least(0.05), 6);
	ck_assert_uint_eq(vmm_signed_rank_least(0.05 / 3), 7);
	for (size_t n = 1; n <= 9; n++)
		ck_assert(vmm_signed_rank(scores, n, ERROR).is_bounded ==
			(n >= vmm_signed_rank_least(ERROR)));
	ck_assert_double_eq_tol(
		vmm_signed_rank(scores, 1, ERROR).estimate, 0.952, 1e-9);
}
END_TEST

START_TEST(many_equal_values)
{
	static double values[VMM_SIGNED_RANK_MAX];
	struct vmm_interval i;

	for (size_t k = 0; k < VMM_SIGNED_RANK_MAX; k++)
		values[k] = 0.25;
	i = vmm_signed_rank(values, VMM_SIGNED_RANK_MAX, ERROR);
	ck_assert_double_eq(i.low, 0.25);
	ck_assert_double_eq(i.estimate, 0.25);
	ck_assert_double_eq(i.high, 0.25);
}
END_TEST

/* From 0 to 1; a generator of 64 bits after G. Marsaglia, so always the same.
 */
static double
draw(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) / 9007199254740992.0;
}

/*
 * The logarithm of a run's time: 1 % of noise that is skewed to the right, and
 * one run in ten takes up to a fifth longer.
 */
static double
measure(void)
{
	double noise = -0.01 * log(1 - draw());

	return draw() < 0.1 ? noise + 0.2 * draw() : noise;
}

/*
 * Plants a difference in ten pairs of runs, on a machine that becomes slower by
 * a fifth meanwhile. Counts the intervals that lack the difference, and those
 * that lack 0.
 */
static void
plant(double ratio, int *lack_it, int *lack_zero)
{
	*lack_it = 0;
	*lack_zero = 0;
	for (int e = 0; e < EXPERIMENTS; e++) {
		struct vmm_interval interval;
		double values[10];

		for (int i = 0; i < 10; i++) {
			double machine = 0.02 * i;
			double base = machine + measure();

			values[i] = machine + log(ratio) + measure() - base;
		}
		interval = vmm_signed_rank(values, 10, ERROR);
		*lack_it +=
			interval.low > log(ratio) || interval.high < log(ratio);
		*lack_zero += interval.low > 0 || interval.high < 0;
	}
}

START_TEST(error_rate)
{
	static const double ratios[] = { 1, 1.02, 1.05, 1.1 };
	int found[4];

	for (int i = 0; i < 4; i++) {
		int lack_it;

		plant(ratios[i], &lack_it, &found[i]);
		printf("ratio %.2f: %.2f %% of intervals lack it, %.2f %% lack "
		       "1\n",
			ratios[i], lack_it * 100.0 / EXPERIMENTS,
			found[i] * 100.0 / EXPERIMENTS);
		/* at most 5 %, with 4 standard deviations of this count */
		ck_assert_double_lt(lack_it,
			EXPERIMENTS * ERROR +
				4 * sqrt(EXPERIMENTS * ERROR * (1 - ERROR)));
	}
	ck_assert_int_lt(found[0], found[1]);
	ck_assert_int_lt(found[1], found[2]);
	ck_assert_double_gt(found[2], EXPERIMENTS * 0.6);
	ck_assert_double_gt(found[3], EXPERIMENTS * 0.9);
}
END_TEST

/* Half the width of the interval is at most 1 % of the ratio. */
static bool
is_narrow(const struct vmm_interval *interval)
{
	return exp(interval->high) - exp(interval->low) <=
		0.02 * exp(interval->estimate);
}

/*
 * Runs are added until the interval is narrow, from 10 to 40. Looking more than
 * once must not make intervals wrong much more often.
 */
START_TEST(error_rate_until)
{
	int experiments = EXPERIMENTS / 8;
	int lack_it = 0;
	int sum = 0;

	for (int e = 0; e < experiments; e++) {
		struct vmm_interval interval;
		double values[40];
		size_t n = 0;

		do {
			values[n++] = measure() - measure();
			if (n >= 10)
				interval = vmm_signed_rank(values, n, ERROR);
		} while (n < 10 || (n < 40 && !is_narrow(&interval)));
		lack_it += interval.low > 0 || interval.high < 0;
		sum += (int)n;
	}
	printf("--until 1: %.2f %% of intervals lack the ratio, %.1f runs\n",
		lack_it * 100.0 / experiments, (double)sum / experiments);
	ck_assert_int_gt(sum, experiments * 11);
	ck_assert_int_lt(sum, experiments * 40);
	ck_assert_double_lt(lack_it, experiments * ERROR * 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("signed-rank");
	TCase *tcase = tcase_create("signed-rank");

	tcase_add_test(tcase, textbook);
	tcase_add_test(tcase, few_values);
	tcase_add_test(tcase, many_equal_values);
	tcase_add_test(tcase, error_rate);
	tcase_add_test(tcase, error_rate_until);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
