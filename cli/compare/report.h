/* SPDX-License-Identifier: BSD-3-Clause */
/* The results of a comparison: as a table, and as JSON. */
#ifndef VMM_REPORT_H
#define VMM_REPORT_H

#include "cli/compare/measure.h"

struct vmm_report {
	const struct vmm_workload *workload;
	const struct vmm_contender *contenders;
	size_t n;
	const char *noise; /* sentences on what disturbed the runs, or NULL */
};

/*
 * The words of the command, separated by blanks and cut to fit a line; for
 * free(3).
 */
char *vmm_report_command(const struct vmm_workload *workload);

/*
 * The sizes and places of the pools: "pool of 32 MiB in ram", for free(3).
 */
char *vmm_report_pools(const struct vmm_report *report);

/* Prints medians and ratios to stdout. */
void vmm_report_print(const struct vmm_report *report);

/*
 * Checks, before anything is measured, that the file can be written. Returns 0,
 * or -1 after a complaint.
 */
int vmm_report_check_json(const char *file);

/* Writes all runs to the file. Returns 0, or -1 after a complaint. */
int vmm_report_write_json(const struct vmm_report *report, const char *file);

#endif /* VMM_REPORT_H */
