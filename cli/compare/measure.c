/* SPDX-License-Identifier: BSD-3-Clause */
/* One measured run; see measure.h. */
#include "config.h"

#include "cli/compare/measure.h"

#include "cli/child.h"

static void
prepare(const void *arg)
{
	const struct vmm_run *run = arg;

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

void
vmm_measure_init(const struct vmm_run *run, struct vmm_child *child)
{
	*child = (struct vmm_child){ .path = run->workload->path,
		.argv = run->workload->argv,
		.prepare = prepare,
		.arg = run,
		.stdout_fd = run->workload->scratch.stdout_fd,
		.stderr_fd = run->workload->scratch.stderr_fd };
}

void
vmm_measure_take_usage(const struct vmm_run *run, const struct vmm_child *child,
	struct vmm_sample *sample)
{
	sample->user = seconds(&child->usage.ru_utime);
	sample->sys = seconds(&child->usage.ru_stime);
	sample->peak = (int64_t)child->usage.ru_maxrss * 1024;
	sample->pool = vmm_scratch_take_pool_peak(&run->workload->scratch);
	sample->minor_faults = child->usage.ru_minflt;
	sample->major_faults = child->usage.ru_majflt;
}

int
vmm_measure(const struct vmm_workload *workload,
	const struct vmm_contender *contender, struct vmm_sample *sample,
	struct vmm_series *series)
{
	struct vmm_run run = { workload, contender };
	struct vmm_counters counters;
	struct vmm_child child;
	int result;

	vmm_measure_init(&run, &child);
	if (series != NULL) {
		*series = (struct vmm_series){ .n = 0 };
		child.watch = watch;
		child.watcher = series;
	}
	if (vmm_scratch_reset(&workload->scratch) != 0)
		return -1;
	vmm_counters_open(&counters);
	result = vmm_child_run(&child);
	vmm_counters_close(&counters, sample->counts);
	if (result != 0 || vmm_child_is_interrupted())
		return -1;
	sample->wall = child.wall;
	sample->status = child.status;
	for (size_t i = 0; i < VMM_METRICS_MAX; i++)
		sample->metrics[i] = -1;
	vmm_measure_take_usage(&run, &child, sample);
	return 0;
}
