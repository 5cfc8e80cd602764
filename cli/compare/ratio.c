/* SPDX-License-Identifier: BSD-3-Clause */
/* Ratios and their intervals; see ratio.h. */
#include "config.h"

#include "cli/compare/ratio.h"

#include "cli/cli.h"
#include "cli/compare/signed_rank.h"

#include <math.h>
#include <stdlib.h>

/* The error of one ratio, so that that of all is 1 - VMM_CONFIDENCE. */
static double
share_error(const struct vmm_report *report)
{
	size_t ratios = 0;

	for (size_t i = 0; i < report->n; i++)
		ratios += !report->contenders[i].has_failed;
	return (1 - VMM_CONFIDENCE) / (ratios > 2 ? (double)(ratios - 1) : 1);
}

/*
 * The logarithms of the ratios, one per pair of runs. Returns NULL if they are
 * not all finite.
 */
static double *
make_logarithms(const struct vmm_contender *contender,
	const struct vmm_contender *base, enum vmm_quantity_id id, size_t n)
{
	double *logarithms = vmm_array_new(n, sizeof(*logarithms));

	for (size_t i = 0; i < n; i++) {
		double value = vmm_quantities[id].get(&contender->samples[i]);
		double unit = vmm_quantities[id].get(&base->samples[i]);

		if (value <= 0 || unit <= 0) {
			free(logarithms);
			return NULL;
		}
		logarithms[i] = log(value / unit);
	}
	return logarithms;
}

struct vmm_ratio
vmm_ratio_of(const struct vmm_report *report,
	const struct vmm_contender *contender, enum vmm_quantity_id id)
{
	const struct vmm_contender *base =
		vmm_contenders_base(report->contenders, report->n);
	struct vmm_ratio ratio = { false };
	struct vmm_interval interval;
	double *logarithms;
	size_t n = contender->n < base->n ? contender->n : base->n;

	if (vmm_quantities[id].title == NULL || contender == base || n == 0 ||
		base->has_failed || contender->has_failed)
		return ratio;
	logarithms = make_logarithms(contender, base, id, n);
	if (logarithms == NULL)
		return ratio;
	interval = vmm_signed_rank(logarithms, n, share_error(report));
	free(logarithms);
	ratio.is_known = true;
	ratio.estimate = exp(interval.estimate);
	ratio.has_interval = interval.is_bounded;
	ratio.low = exp(interval.low);
	ratio.high = exp(interval.high);
	return ratio;
}

bool
vmm_ratio_is_real(const struct vmm_ratio *ratio)
{
	return ratio->has_interval && (ratio->low > 1 || ratio->high < 1);
}

bool
vmm_ratios_are_narrow(const struct vmm_report *report, double part)
{
	for (size_t i = 0; i < report->n; i++) {
		struct vmm_ratio ratio =
			vmm_ratio_of(report, &report->contenders[i], VMM_WALL);

		if (ratio.is_known &&
			(!ratio.has_interval ||
				(ratio.high - ratio.low) / 2 >
					part * ratio.estimate))
			return false;
	}
	return true;
}

size_t
vmm_ratio_least_runs(const struct vmm_report *report)
{
	return vmm_signed_rank_least(share_error(report));
}
