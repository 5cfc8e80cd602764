/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The runs of a comparison: the same command with each contender. They are
 * interleaved, so that a machine whose speed changes affects all of them alike.
 */
#ifndef VMM_COMPARISON_H
#define VMM_COMPARISON_H

#include "cli/compare/design.h"
#include "cli/compare/frequency.h"
#include "cli/compare/measure.h"
#include "cli/compare/noise.h"
#include "cli/compare/progress.h"
#include "cli/trace/sizes.h"

struct vmm_comparison {
	/* Set by the caller: */
	struct vmm_workload workload;
	struct vmm_contender *contenders;
	size_t n;
	struct vmm_design design;
	/* Set by vmm_comparison_run: */
	const struct vmm_contender *reference; /* NULL until it has run */
	int reference_status;
	struct vmm_progress progress;
	bool is_watching;	 /* memory is sampled in the current round */
	struct vmm_noise before; /* of the measured runs */
	struct vmm_noise after;
	struct vmm_frequency frequency; /* between rounds of them */
	bool is_wide; /* intervals, although --until asks for narrow ones */
	bool has_sizes;
	struct vmm_sizes sizes; /* that are requested */
};

/*
 * Runs all contenders, and fills in their samples. A contender whose result is
 * not that of the base has failed, and is not run again. After a signal,
 * only rounds that all contenders have finished count. Returns 0, or -1 after a
 * complaint or a signal.
 */
int vmm_comparison_run(struct vmm_comparison *c);

#endif /* VMM_COMPARISON_H */
