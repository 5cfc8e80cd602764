/* SPDX-License-Identifier: BSD-3-Clause */
/* One measured run of a server under load. */
#ifndef VMM_SERVER_H
#define VMM_SERVER_H

#include "cli/compare/measure.h"

/* How a server is driven, as scripts for sh -c. */
struct vmm_drive {
	const char *load;  /* NULL: the command is not a server */
	const char *ready; /* succeeds once the server answers; NULL: none */
	const struct vmm_metrics *metrics;
};

/*
 * As vmm_measure, but starts the workload as a server, runs the load once the
 * server is ready, and stops the server. The time is that of the load, the rest
 * is of the server. Returns 0, or -1 after a complaint or a signal.
 */
int vmm_server_measure(const struct vmm_workload *workload,
	const struct vmm_contender *contender, const struct vmm_drive *drive,
	struct vmm_sample *sample, struct vmm_series *series);

#endif /* VMM_SERVER_H */
