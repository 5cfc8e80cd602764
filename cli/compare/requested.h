/* SPDX-License-Identifier: BSD-3-Clause */
/* The sizes that a workload requests, from a run under vmmalloc record. */
#ifndef VMM_REQUESTED_H
#define VMM_REQUESTED_H

#include "cli/compare/server.h"
#include "cli/table.h"
#include "cli/trace/sizes.h"

#define VMM_REQUESTED_ALIGNMENT "lrrrr"

/*
 * Runs the workload once more, with the contender, which must be a backend, and
 * sets the sizes of all its processes. Its status must be the expected one, as
 * from wait(2), unless it is a server. Returns 0, or -1 after a complaint or a
 * signal.
 */
int vmm_requested_record(const struct vmm_workload *workload,
	const struct vmm_contender *contender, const struct vmm_drive *drive,
	int expected, struct vmm_sizes *sizes);

/* The largest size of a class in bytes; 0: it has none. */
uint64_t vmm_requested_limit(int class_);

/* Fills a new table with a headline, and a row for each class that is used. */
void vmm_requested_fill(struct vmm_table *table, const struct vmm_sizes *sizes);

#endif /* VMM_REQUESTED_H */
