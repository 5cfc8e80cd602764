/* SPDX-License-Identifier: BSD-3-Clause */
/* One measured run of the command that compare was given. */
#ifndef VMM_MEASURE_H
#define VMM_MEASURE_H

#include "cli/compare/contenders.h"
#include "cli/compare/counters.h"
#include "cli/compare/scratch.h"
#include "cli/compare/series.h"
#include "cli/settings.h"

#include <sched.h>
#include <stddef.h>
#include <stdint.h>

#define VMM_METRICS_MAX 8

struct vmm_workload {
	const char *name; /* NULL: the words of argv */
	struct vmm_settings settings;
	char *const *argv;
	char *path; /* of the program that argv[0] names */
	struct vmm_scratch scratch;
	const cpu_set_t *processors; /* of the command; NULL: all */
};

struct vmm_sample {
	double wall; /* seconds */
	double user;
	double sys;
	int64_t peak; /* bytes resident, of the largest process */
	int64_t pool; /* bytes committed, of the largest pool; -1: unknown */
	int64_t minor_faults;
	int64_t major_faults;
	double metrics[VMM_METRICS_MAX]; /* of a load; -1: unknown */
	int64_t counts[VMM_N_COUNTERS];	 /* -1: unknown */
	int status;			 /* as from wait(2) */
};

/*
 * Runs the workload once; its output is in its scratch files. If series is not
 * NULL, memory is sampled meanwhile. Returns 0, or -1 after a complaint or a
 * signal.
 */
int vmm_measure(const struct vmm_workload *workload,
	const struct vmm_contender *contender, struct vmm_sample *sample,
	struct vmm_series *series);

struct vmm_child;

/* For server.c: a run, and the parts of vmm_measure that it needs. */
struct vmm_run {
	const struct vmm_workload *workload;
	const struct vmm_contender *contender;
};
void vmm_measure_init(const struct vmm_run *run, struct vmm_child *child);
void vmm_measure_take_usage(const struct vmm_run *run,
	const struct vmm_child *child, struct vmm_sample *sample);

#endif /* VMM_MEASURE_H */
