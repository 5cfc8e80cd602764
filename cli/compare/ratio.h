/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ratio of a contender to the base, with a confidence interval. Runs of one
 * round are paired, because a machine that slows down affects both. All
 * intervals of a report for one quantity hold together with the probability
 * VMM_CONFIDENCE: the error is divided by the number of ratios (O. J. Dunn,
 * "Multiple comparisons among means", Journal of the American Statistical
 * Association 56, 1961).
 */
#ifndef VMM_RATIO_H
#define VMM_RATIO_H

#include "cli/compare/quantity.h"
#include "cli/compare/report.h"

#define VMM_CONFIDENCE 0.95

struct vmm_ratio {
	bool is_known; /* false for the base, and without runs or values */
	double estimate;
	bool has_interval; /* false: too few runs */
	double low;
	double high;
};

struct vmm_ratio vmm_ratio_of(const struct vmm_report *report,
	const struct vmm_contender *contender, enum vmm_quantity_id id);

/* Whether the interval is all above or all below 1. */
bool vmm_ratio_is_real(const struct vmm_ratio *ratio);

/*
 * Whether half the width of each interval of time is at most this part of the
 * ratio.
 */
bool vmm_ratios_are_narrow(const struct vmm_report *report, double part);

/* The fewest runs that give intervals. */
size_t vmm_ratio_least_runs(const struct vmm_report *report);

#endif /* VMM_RATIO_H */
