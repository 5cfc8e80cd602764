/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables and bars of a report on a trace. */
#ifndef VMM_TRACE_TABLES_H
#define VMM_TRACE_TABLES_H

#include "cli/compare/html_bars.h"
#include "cli/table.h"
#include "cli/trace/summary.h"

#include <stdbool.h>

/* Names of the calls, by enum vmm_trace_kind. */
extern const char *const vmm_trace_kind_names[VMM_TRACE_KINDS];

/* Each fills a new table, for vmm_table_free. */
void vmm_trace_tabulate_calls(
	const struct vmm_trace_summary *summary, struct vmm_table *table);
void vmm_trace_tabulate_sizes(
	const struct vmm_trace_summary *summary, struct vmm_table *table);
void vmm_trace_tabulate_lives(
	const struct vmm_trace_summary *summary, struct vmm_table *table);

/* True if threads were left out. */
bool vmm_trace_tabulate_threads(
	const struct vmm_trace_summary *summary, struct vmm_table *table);

/*
 * The parts of blocks and of bytes by size, and by lifetime. bars has room for
 * VMM_TRACE_BARS_MAX of them; their names are for free. Returns their number.
 */
#define VMM_TRACE_BARS_MAX VMM_TRACE_SIZE_CLASSES
size_t vmm_trace_get_size_bars(
	const struct vmm_trace_summary *summary, struct vmm_bar *bars);
size_t vmm_trace_get_life_bars(
	const struct vmm_trace_summary *summary, struct vmm_bar *bars);

#endif /* VMM_TRACE_TABLES_H */
