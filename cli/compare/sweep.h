/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A sweep: contenders that differ only in the size of the near one of two
 * places, as parts of the heap's peak.
 */
#ifndef VMM_SWEEP_H
#define VMM_SWEEP_H

#include "cli/compare/contenders.h"
#include "cli/compare/plan.h"

#include <stddef.h>

#define VMM_SWEEP_MAX 16

struct vmm_sweep {
	unsigned int n;
	int percent[VMM_SWEEP_MAX];
};

/* The near memory of one contender. */
struct vmm_sweep_point {
	int percent;
	size_t bytes; /* at 100 percent the peak */
};

/* "near=0%,50%,100%". Returns 0, or -1 after a complaint. */
int vmm_sweep_parse(struct vmm_sweep *sweep, const char *text);

/*
 * Runs the workload once with the only contender of the choice, or with the
 * default backend if it names none, to measure the peak of its heap. Returns
 * *n contenders, one for each part of the sweep, or NULL after a complaint or a
 * signal. They live as long as the process.
 */
struct vmm_contender *vmm_sweep_choose(const struct vmm_sweep *sweep,
	const struct vmm_settings *settings, const struct vmm_task *task,
	const struct vmm_contender_choice *choice, size_t *n);

#endif /* VMM_SWEEP_H */
