/* SPDX-License-Identifier: BSD-3-Clause */
/* The call sites of a trace: what was allocated from where. */
#ifndef VMM_TRACE_SITES_H
#define VMM_TRACE_SITES_H

#include "cli/table.h"
#include "cli/trace/stacks.h"
#include "cli/trace/summary.h"

/* The order of sites, the largest first. */
enum vmm_trace_order {
	VMM_TRACE_BY_PEAK, /* bytes that were live when the most were */
	VMM_TRACE_BY_END,  /* bytes that were never freed */
	VMM_TRACE_BY_ALLOCATED,
};

/* Sets *order by its name: 0, or -1 if there is none. */
int vmm_trace_order_parse(const char *name, enum vmm_trace_order *order);

/* The blocks of the site by which it is sorted. */
struct vmm_trace_count vmm_trace_order_count(
	const struct vmm_trace_site *site, enum vmm_trace_order order);

/* "most bytes not freed" */
const char *vmm_trace_order_title(enum vmm_trace_order order);

/*
 * Fills a new table with the sites with the most bytes: stacks whose innermost
 * frame, those of allocating functions left out, is the same. Returns how many
 * were left out.
 */
size_t vmm_trace_sites_tabulate(const struct vmm_trace_summary *summary,
	const struct vmm_trace_stacks *stacks, enum vmm_trace_order order,
	struct vmm_table *table);

/*
 * The number of inner frames of the stack that allocate for their caller: of
 * libvmmalloc, operator new and the templates of C++, and of functions that are
 * called like malloc, calloc, realloc, strdup or strndup, with something
 * before.
 */
uint32_t vmm_trace_sites_skip(
	const struct vmm_trace_stacks *stacks, struct vmm_trace_stack stack);

#endif /* VMM_TRACE_SITES_H */
