/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers that a load prints, such as requests per second. */
#ifndef VMM_METRIC_H
#define VMM_METRIC_H

#include "cli/compare/quantity.h"

#include <stddef.h>

struct vmm_metrics {
	struct vmm_metric *list;
	size_t n;
};

/*
 * Adds a metric "NAME=REGEX", whose regular expression (extended, of POSIX) has
 * the number in its first parentheses. Its name gets a quantity if it does not
 * have one. Returns 0, or -1 after a complaint, which calls it by origin.
 */
int vmm_metric_add(
	struct vmm_metrics *metrics, const char *origin, const char *text);

/*
 * Finds the last match of each metric in the file. Returns 0, or -1 after a
 * complaint.
 */
int vmm_metrics_read(const struct vmm_metrics *metrics, int fd,
	double values[VMM_METRICS_MAX]);

#endif /* VMM_METRIC_H */
