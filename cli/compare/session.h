/* SPDX-License-Identifier: BSD-3-Clause */
/* The comparisons of one call: of each workload, with the same contenders. */
#ifndef VMM_SESSION_H
#define VMM_SESSION_H

#include "cli/compare/contenders.h"
#include "cli/compare/plan.h"
#include "cli/compare/report.h"
#include "cli/settings.h"

#include <stdbool.h>
#include <stddef.h>

struct vmm_session {
	/* Set by the caller: */
	struct vmm_settings settings;
	struct vmm_contender *contenders; /* without samples */
	size_t n;
	bool is_quiet; /* prints no reports to stdout */
	/* Set by vmm_session_run: */
	struct vmm_report *reports; /* live as long as the process */
	size_t n_reports;
};

/*
 * Compares one workload, prints its report, and appends that to the reports.
 * Returns an exit status.
 */
int vmm_session_run(struct vmm_session *session, const struct vmm_task *task);

#endif /* VMM_SESSION_H */
