/* SPDX-License-Identifier: BSD-3-Clause */
/* The files that a report is written to. */
#ifndef VMM_OUTPUTS_H
#define VMM_OUTPUTS_H

#include "cli/compare/report.h"

#include <stdbool.h>

/* The files of the options; NULL: not given. "-" is stdout. */
struct vmm_outputs {
	const char *json;
	const char *csv;
	const char *markdown;
	const char *html;
};

/*
 * Checks, before anything is measured, that the files can be written. Returns
 * 0, or -1 after a complaint.
 */
int vmm_outputs_check(const struct vmm_outputs *outputs);

/* Writes all files. Returns 0, or -1 after a complaint. */
int vmm_outputs_write(const struct vmm_outputs *outputs,
	const struct vmm_report *reports, size_t n);

/* Whether a file is stdout, so that no other text must be there. */
bool vmm_outputs_take_stdout(const struct vmm_outputs *outputs);

#endif /* VMM_OUTPUTS_H */
