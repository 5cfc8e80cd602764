/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sampling by bytes: intervals have the distribution that they should, and
 * weights make up for it.
 */
#include "config.h"

#include "base/poisson.h"

#include "tests/unit/unit.h"

#include <math.h>

#define DRAWS 200000

START_TEST(weights_are_exact)
{
	static const size_t means[] = { 1, 2, 1000, 524288, SIZE_MAX >> 24 };

	for (size_t i = 0; i < sizeof(means) / sizeof(means[0]); i++) {
		size_t mean = means[i];

		for (size_t size = 1; size < SIZE_MAX >> 14; size *= 3) {
			double expected =
				-1 / expm1(-(double)size / (double)mean);
			double found = vmm_poisson_weight(size, mean);

			ck_assert(fabs(found / expected - 1) < 1e-12);
		}
		ck_assert(vmm_poisson_weight(0, mean) == 0);
	}
}
END_TEST

/* The parts of intervals up to a size, for several sizes. */
START_TEST(intervals_are_geometric)
{
	const size_t mean = 4096;
	static const size_t sizes[] = { 1, 64, 4096, 20000 };
	uint64_t state = vmm_poisson_seed(7);
	double sum = 0;
	int hits[4] = { 0 };

	for (int i = 0; i < DRAWS; i++) {
		size_t interval = vmm_poisson_interval(&state, mean);

		sum += (double)interval;
		for (int k = 0; k < 4; k++)
			hits[k] += interval < sizes[k];
	}
	/* the standard deviations are 0.2 %, and less than 1 / sqrt(hits) */
	ck_assert(fabs(sum / DRAWS / mean - 1) < 0.02);
	for (int k = 0; k < 4; k++) {
		double estimate =
			hits[k] * vmm_poisson_weight(sizes[k], mean) / DRAWS;
		double deviation = 1 / sqrt(hits[k] + 1.0);

		ck_assert(fabs(estimate - 1) < 6 * deviation);
	}
}
END_TEST

START_TEST(has_no_bad_edges)
{
	uint64_t state = vmm_poisson_seed(0);

	ck_assert(state != 0);
	for (int i = 0; i < 1000; i++) {
		ck_assert(vmm_poisson_interval(&state, 1) < 40);
		ck_assert(vmm_poisson_interval(&state, PTRDIFF_MAX) <=
			PTRDIFF_MAX);
		ck_assert(state != 0);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("poisson");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, weights_are_exact);
	tcase_add_test(tcase, intervals_are_geometric);
	tcase_add_test(tcase, has_no_bad_edges);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
