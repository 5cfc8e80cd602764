/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The centre of a symmetric distribution, with a confidence interval, from
 * ranks (F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics
 * Bulletin 1, 1945; the estimate after J. L. Hodges and E. L. Lehmann,
 * "Estimates of location based on rank tests", Annals of Mathematical
 * Statistics 34, 1963). It assumes no normal distribution, and a few outliers
 * hardly move it.
 */
#ifndef VMM_SIGNED_RANK_H
#define VMM_SIGNED_RANK_H

#include <stdbool.h>
#include <stddef.h>

#define VMM_SIGNED_RANK_MAX 1000 /* values */

struct vmm_interval {
	double estimate;
	bool is_bounded; /* otherwise the values are too few for an interval */
	double low;
	double high;
};

/*
 * From 1 to VMM_SIGNED_RANK_MAX values. The interval lacks the centre with at
 * most the probability error, for any number of values.
 */
struct vmm_interval vmm_signed_rank(
	const double *values, size_t n, double error);

/* The fewest values that give an interval with this error. */
size_t vmm_signed_rank_least(double error);

#endif /* VMM_SIGNED_RANK_H */
