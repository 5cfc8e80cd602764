/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures of a comparison, as SVG inside a page of HTML. */
#ifndef VMM_HTML_PLOT_H
#define VMM_HTML_PLOT_H

#include "cli/compare/html_write.h"
#include "cli/compare/quantity.h"
#include "cli/compare/report.h"

/* One dot per run in a row per contender, with a line at the median. */
void vmm_html_plot_runs(
	const struct vmm_report *report, enum vmm_quantity_id id, FILE *to);

/* The ratios to the base with their intervals. */
void vmm_html_plot_ratios(
	const struct vmm_report *report, enum vmm_quantity_id id, FILE *to);

/* Resident memory in the course of a warm-up run, one line per contender. */
void vmm_html_plot_series(const struct vmm_report *report, FILE *to);

/* Time against near memory, of a sweep. */
void vmm_html_plot_sweep(const struct vmm_report *report, FILE *to);

#endif /* VMM_HTML_PLOT_H */
