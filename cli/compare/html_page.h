/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of a page of HTML. */
#ifndef VMM_HTML_PAGE_H
#define VMM_HTML_PAGE_H

#include "cli/compare/report.h"

/* The ratios of all workloads. */
void vmm_html_write_overview(
	const struct vmm_report *reports, size_t n, FILE *to);

/* Contenders, machine, and the command line of this process. */
void vmm_html_write_configuration(
	const struct vmm_contender *contenders, size_t n, FILE *to);

#endif /* VMM_HTML_PAGE_H */
