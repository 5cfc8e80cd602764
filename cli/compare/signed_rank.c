/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The interval of the signed rank test; see signed_rank.h. Its ends are means
 * of two values, as J. W. Tukey showed in "The simplest signed-rank tests",
 * Princeton University, 1949.
 */
#include "config.h"

#include "cli/compare/signed_rank.h"

#include "cli/cli.h"

#include <stdlib.h>

static int
compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

/* The means of all pairs of values, also of each with itself, sorted. */
static double *
make_means(const double *values, size_t n, size_t *count)
{
	double *means = vmm_array_new(n * (n + 1) / 2, sizeof(*means));
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = i; j < n; j++)
			means[k++] = (values[i] + values[j]) / 2;
	}
	qsort(means, k, sizeof(*means), compare_doubles);
	*count = k;
	return means;
}

/*
 * How many of the smallest means, and of the largest, an interval leaves out:
 * the largest number k of which the sum of ranks is below k with at most half
 * of the probability error. The sum of the ranks of values above the centre has
 * rank i in it with probability 1/2, for each i up to n.
 */
static size_t
count_left_out(size_t n, double error)
{
	size_t sums = n * (n + 1) / 2 + 1;
	double *probability = vmm_array_new(sums, sizeof(*probability));
	double below = 0;
	size_t k = 0;

	for (size_t i = 0; i < sums; i++)
		probability[i] = i == 0 ? 1 : 0;
	for (size_t rank = 1; rank <= n; rank++) {
		for (size_t i = rank * (rank + 1) / 2 + 1; i-- > 0;)
			probability[i] =
				(probability[i] +
					(i >= rank ? probability[i - rank]
						   : 0)) /
				2;
	}
	while (k < sums && below + probability[k] <= error / 2)
		below += probability[k++];
	free(probability);
	return k;
}

struct vmm_interval
vmm_signed_rank(const double *values, size_t n, double error)
{
	size_t count;
	double *means = make_means(values, n, &count);
	size_t left_out = count_left_out(n, error);
	struct vmm_interval interval = {
		.estimate = (means[(count - 1) / 2] + means[count / 2]) / 2,
		.is_bounded = left_out > 0,
	};

	/* The error is below 1, so that fewer than half are left out. */
	if (interval.is_bounded) {
		interval.low = means[left_out - 1];
		interval.high = means[count - left_out];
	}
	free(means);
	return interval;
}

size_t
vmm_signed_rank_least(double error)
{
	double probability = 0.5; /* that the sum of n ranks is 0 */
	size_t n = 1;

	while (probability > error / 2) {
		probability /= 2;
		n++;
	}
	return n;
}
