/* SPDX-License-Identifier: BSD-3-Clause */
/* The results of a comparison, and the forms in which they are written. */
#ifndef VMM_REPORT_H
#define VMM_REPORT_H

#include "cli/compare/measure.h"
#include "cli/trace/sizes.h"

#include <stdbool.h>
#include <stdio.h>

struct vmm_report {
	const struct vmm_workload *workload;
	const struct vmm_contender *contenders;
	size_t n;
	const char *noise; /* sentences on what disturbed the runs, or NULL */
	const struct vmm_sizes *sizes; /* requested; NULL: not recorded */
	bool is_wide; /* the runs ended before --until was reached */
};

/*
 * The name of the workload or, without one, the words of the command separated
 * by blanks and cut to fit a line; for free(3).
 */
char *vmm_report_title(const struct vmm_workload *workload);

/*
 * How the comparison was made, in one sentence; mark says how differences are
 * marked. For free(3).
 */
char *vmm_report_design(const struct vmm_report *report, const char *mark);

/* Prints tables and sentences to stdout. */
void vmm_report_print(const struct vmm_report *report);

/* Whether the contenders are those of a sweep, and their table on stdout. */
bool vmm_report_is_sweep(const struct vmm_report *report);
void vmm_report_print_sweep(const struct vmm_report *report);

/* The following write n reports, at least one. */

/* All runs. */
void vmm_report_write_json(
	const struct vmm_report *reports, size_t n, FILE *to);
void vmm_report_write_csv(const struct vmm_report *reports, size_t n, FILE *to);

/* A table. */
void vmm_report_write_markdown(
	const struct vmm_report *reports, size_t n, FILE *to);

/* A page that needs no other file. */
void vmm_report_write_html(
	const struct vmm_report *reports, size_t n, FILE *to);

#endif /* VMM_REPORT_H */
