/* SPDX-License-Identifier: BSD-3-Clause */
/* One measured run; see measure.h. */
#include "config.h"

#include "cli/compare/measure.h"

#include "cli/child.h"

#include <string.h>

struct run {
	const struct vmm_workload *workload;
	const struct vmm_contender *contender;
};

static void
prepare(const void *arg)
{
	const struct run *run = arg;

	if (run->workload->processors != NULL)
		sched_setaffinity(0, sizeof(*run->workload->processors),
			run->workload->processors);
	vmm_contender_export(run->contender, run->workload->scratch.stats_file);
}

static double
seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static int
watch(void *series, pid_t pid)
{
	return vmm_series_watch(series, pid);
}

int
vmm_measure(const struct vmm_workload *workload,
	const struct vmm_contender *contender, struct vmm_sample *sample,
	struct vmm_series *series)
{
	struct run run = { workload, contender };
	struct vmm_counters counters;
	int64_t counts[VMM_N_COUNTERS];
	int result;
	struct vmm_child child = { .path = workload->path,
		.argv = workload->argv,
		.prepare = prepare,
		.arg = &run,
		.stdout_fd = workload->scratch.stdout_fd,
		.stderr_fd = workload->scratch.stderr_fd };

	if (series != NULL) {
		*series = (struct vmm_series){ .n = 0 };
		child.watch = watch;
		child.watcher = series;
	}
	if (vmm_scratch_reset(&workload->scratch) != 0)
		return -1;
	vmm_counters_open(&counters);
	result = vmm_child_run(&child);
	vmm_counters_close(&counters, counts);
	if (result != 0 || vmm_child_is_interrupted())
		return -1;
	*sample = (struct vmm_sample){
		.wall = child.wall,
		.user = seconds(&child.usage.ru_utime),
		.sys = seconds(&child.usage.ru_stime),
		.peak = (int64_t)child.usage.ru_maxrss * 1024,
		.pool = vmm_scratch_take_pool_peak(&workload->scratch),
		.minor_faults = child.usage.ru_minflt,
		.major_faults = child.usage.ru_majflt,
		.status = child.status,
	};
	memcpy(sample->counts, counts, sizeof(counts));
	return 0;
}
