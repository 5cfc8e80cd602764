/* SPDX-License-Identifier: BSD-3-Clause */
/* Hardware counters of a command and the processes that it starts. */
#ifndef VMM_COUNTERS_H
#define VMM_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

enum vmm_counter {
	VMM_COUNT_INSTRUCTIONS,
	VMM_COUNT_CACHE_MISSES, /* of the last level */
	VMM_COUNT_TLB_MISSES,	/* of loads */
	VMM_N_COUNTERS,
};

struct vmm_counters {
	int fds[VMM_N_COUNTERS]; /* -1: the machine does not have it */
};

/*
 * From here on, what children of this process do in user mode after they have
 * executed a program is counted.
 */
void vmm_counters_open(struct vmm_counters *counters);

/*
 * Sets the counts of the children that have ended, or -1 for each counter that
 * the machine does not have.
 */
void vmm_counters_close(
	struct vmm_counters *counters, int64_t counts[VMM_N_COUNTERS]);

/*
 * Finds out which counters there are. Returns 0, or the errno of the first that
 * is missing: EACCES and EPERM if it may be there, but not for this process.
 */
int vmm_counters_probe(bool has[VMM_N_COUNTERS]);

/* The same for one event of perf_event_open(2), whose fd is -1 on errors. */
int vmm_counter_open(uint32_t type, uint64_t config);
int64_t vmm_counter_close(int fd);

#endif /* VMM_COUNTERS_H */
