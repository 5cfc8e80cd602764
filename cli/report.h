/* SPDX-License-Identifier: BSD-3-Clause */
/* What a comparison found: as a table, and as JSON. */
#ifndef VMM_REPORT_H
#define VMM_REPORT_H

#include "cli/measure.h"

struct vmm_report {
	const struct vmm_workload *workload;
	const struct vmm_contender *contenders;
	size_t n;
	int runs;
};

/* The contender that ratios refer to: system, or else the first. */
const struct vmm_contender *vmm_report_base(const struct vmm_report *report);

/* The command's words with blanks between, cut to fit a line; for free(3). */
char *vmm_report_command(const struct vmm_workload *workload);

/* Medians and ratios on stdout. */
void vmm_report_print(const struct vmm_report *report);

/* Whether the file can be written, before the work is done: 0, or -1 after a
 * complaint. */
int vmm_report_check_json(const char *file);

/* All runs to the file; 0, or -1 after a complaint. */
int vmm_report_write_json(const struct vmm_report *report, const char *file);

#endif /* VMM_REPORT_H */
