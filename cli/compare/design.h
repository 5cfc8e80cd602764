/* SPDX-License-Identifier: BSD-3-Clause */
/* How a comparison is made: how many runs, and what happens around them. */
#ifndef VMM_DESIGN_H
#define VMM_DESIGN_H

#include "cli/command.h"
#include "cli/compare/metric.h"
#include "cli/compare/server.h"

#include <sched.h>
#include <stdbool.h>

struct vmm_design {
	int warmups; /* runs of each contender that are not measured */
	int runs;    /* measured ones; with until, the fewest */
	/*
	 * Runs are added until the interval of each ratio of times is this
	 * narrow: at most the ratio times 1 + until to either side. 0: never.
	 */
	double until;
	double max_time; /* seconds, after which no round begins; 0: no limit */
	/* For sh -c; NULL: none. */
	const char *setup;   /* before the first run */
	const char *prepare; /* before each run */
	const char *cleanup; /* after the last run */
	bool drops_caches;   /* before each run */
	bool is_pinned;
	cpu_set_t processors; /* of the command, if it is pinned */
	bool ignores_output;
	bool records_sizes;	/* in one more run */
	struct vmm_drive drive; /* of a server */
	struct vmm_metrics metrics;
};

/* The options as they were given; NULL: not given. */
struct vmm_design_options {
	const char *warmup;
	const char *runs;
	const char *until;
	const char *max_time;
	const char *pin;
	const struct vmm_values *metrics;
};

/*
 * Fills in what the options say, or the defaults, and checks that caches can be
 * dropped and processors be chosen. Returns 0 or, after a complaint, an exit
 * status.
 */
int vmm_design_parse(
	const struct vmm_design_options *options, struct vmm_design *design);

/*
 * Does what comes before a run. Returns 0, or -1 after a complaint or a signal.
 */
int vmm_design_prepare_run(const struct vmm_design *design);

/*
 * Runs the commands around all runs; is_end: the one after them, which runs
 * after a signal as well. Returns 0, or -1 after a complaint or a signal.
 */
int vmm_design_begin_or_end(const struct vmm_design *design, bool is_end);

#endif /* VMM_DESIGN_H */
