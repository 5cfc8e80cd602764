/* SPDX-License-Identifier: BSD-3-Clause */
/* A file with several workloads, which are compared one after the other. */
#ifndef VMM_PLAN_H
#define VMM_PLAN_H

#include "cli/compare/design.h"

#include <stddef.h>

/* A workload and how it is compared. */
struct vmm_task {
	const char *name; /* NULL: the command's words */
	char *const *argv;
	struct vmm_design design;
};

/*
 * Reads the file: lines "[NAME]", each with lines "key = value" after it.
 * Workloads begin with the defaults. Returns an array of *n, which lives as
 * long as the process, or NULL after a complaint.
 */
struct vmm_task *vmm_plan_read(
	const char *file, const struct vmm_design *defaults, size_t *n);

#endif /* VMM_PLAN_H */
