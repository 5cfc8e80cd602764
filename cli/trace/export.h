/* SPDX-License-Identifier: BSD-3-Clause */
/* The sums of a trace by stack, for other programs. */
#ifndef VMM_TRACE_EXPORT_H
#define VMM_TRACE_EXPORT_H

#include "cli/trace/stacks.h"
#include "cli/trace/summary.h"

#include <stdio.h>

struct vmm_trace_export {
	const struct vmm_trace_reader *reader;
	const struct vmm_trace_summary *summary;
	const struct vmm_trace_stacks *stacks; /* with the names */
};

/* Each writes the file: 0, or -1 with errno. */
int vmm_trace_export_csv(const struct vmm_trace_export *from, FILE *to);
int vmm_trace_export_speedscope(const struct vmm_trace_export *from, FILE *to);
int vmm_trace_export_pprof(const struct vmm_trace_export *from, FILE *to);

#endif /* VMM_TRACE_EXPORT_H */
