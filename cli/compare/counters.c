/* SPDX-License-Identifier: BSD-3-Clause */
/* Counting by perf_event_open(2); see counters.h. */
#include "config.h"

#include "cli/compare/counters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CACHE_EVENT(cache, operation, result)                       \
	((uint64_t)PERF_COUNT_HW_CACHE_##cache |                    \
		(uint64_t)PERF_COUNT_HW_CACHE_OP_##operation << 8 | \
		(uint64_t)PERF_COUNT_HW_CACHE_RESULT_##result << 16)

static const struct {
	uint32_t type;
	uint64_t config;
} events[VMM_N_COUNTERS] = {
	[VMM_COUNT_INSTRUCTIONS] = { PERF_TYPE_HARDWARE,
		PERF_COUNT_HW_INSTRUCTIONS },
	[VMM_COUNT_CACHE_MISSES] = { PERF_TYPE_HARDWARE,
		PERF_COUNT_HW_CACHE_MISSES },
	[VMM_COUNT_TLB_MISSES] = { PERF_TYPE_HW_CACHE,
		CACHE_EVENT(DTLB, READ, MISS) },
};

int
vmm_counter_open(uint32_t type, uint64_t config)
{
	/*
	 * The event of this process stays disabled; those that children
	 * inherit are enabled by exec, and added to it when they end. User
	 * mode only, so that perf_event_paranoid may be 2, its default.
	 */
	struct perf_event_attr attr = { .type = type,
		.size = sizeof(attr),
		.config = config,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED |
			PERF_FORMAT_TOTAL_TIME_RUNNING,
		.disabled = 1,
		.inherit = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
		.enable_on_exec = 1 };

	return (int)syscall(
		SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

int64_t
vmm_counter_close(int fd)
{
	uint64_t values[3]; /* the count, the time enabled, the time running */
	int64_t count = -1;

	if (fd < 0)
		return -1;
	/* Processors with few counters share them; the rest is estimated. */
	if (read(fd, values, sizeof(values)) == (ssize_t)sizeof(values) &&
		values[2] > 0)
		count = (int64_t)((double)values[0] * (double)values[1] /
			(double)values[2]);
	close(fd);
	return count;
}

void
vmm_counters_open(struct vmm_counters *counters)
{
	for (size_t i = 0; i < VMM_N_COUNTERS; i++)
		counters->fds[i] =
			vmm_counter_open(events[i].type, events[i].config);
}

void
vmm_counters_close(
	struct vmm_counters *counters, int64_t counts[VMM_N_COUNTERS])
{
	for (size_t i = 0; i < VMM_N_COUNTERS; i++)
		counts[i] = vmm_counter_close(counters->fds[i]);
}

int
vmm_counters_probe(bool has[VMM_N_COUNTERS])
{
	int error = 0;

	for (size_t i = 0; i < VMM_N_COUNTERS; i++) {
		int fd = vmm_counter_open(events[i].type, events[i].config);

		has[i] = fd >= 0;
		if (fd >= 0)
			close(fd);
		else if (error == 0)
			error = errno;
	}
	return error;
}
