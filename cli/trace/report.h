/* SPDX-License-Identifier: BSD-3-Clause */
/* The report of a trace, in text and as a page of HTML. */
#ifndef VMM_TRACE_REPORT_H
#define VMM_TRACE_REPORT_H

#include "cli/trace/sites.h"
#include "cli/trace/stacks.h"
#include "cli/trace/summary.h"

#include <stdbool.h>

struct vmm_trace_report {
	const char *path;
	enum vmm_trace_order order;
	struct vmm_trace_reader reader;
	struct vmm_trace_summary summary;
	bool has_stacks;
	struct vmm_trace_stacks stacks; /* only then */
};

/* Lines on the whole trace, each with a newline; for free. */
char *vmm_trace_summarize(const struct vmm_trace_report *report);

/* Writes the page to the file. 0, or -1 after a complaint. */
int vmm_trace_write_html(
	const struct vmm_trace_report *report, const char *file);

#endif /* VMM_TRACE_REPORT_H */
