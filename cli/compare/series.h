/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory over the time of one run, sampled from /proc. */
#ifndef VMM_SERIES_H
#define VMM_SERIES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define VMM_SERIES_MAX 256

struct vmm_series {
	struct vmm_point {
		double time;   /* seconds since the first sample */
		int64_t bytes; /* resident, of the largest process */
	} points[VMM_SERIES_MAX];
	size_t n;
	double start;
	int interval; /* ms between samples; 0: there is none yet */
};

/*
 * Adds a sample of the processes in the group. If there are too many, every
 * second one is dropped and the interval doubled. Returns the ms until the next
 * sample.
 */
int vmm_series_watch(struct vmm_series *series, pid_t group);

#endif /* VMM_SERIES_H */
