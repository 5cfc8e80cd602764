/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The result of one replay, which the process that replays writes to its
 * standard output as it is in memory.
 */
#ifndef VMM_REPLAY_RESULT_H
#define VMM_REPLAY_RESULT_H

#include "base/trace_format.h"

#include <stdint.h>

/* Classes of times: 16 for each power of two of nanoseconds. */
#define VMM_REPLAY_STEPS 16
#define VMM_REPLAY_CLASSES (40 * VMM_REPLAY_STEPS)

/* The calls that are replayed are the kinds before this one. */
#define VMM_REPLAY_CALLS VMM_TRACE_FAILED

struct vmm_replay_call {
	uint64_t n;
	uint64_t ns; /* all together */
	uint64_t ns_max;
	uint64_t classes[VMM_REPLAY_CLASSES];
};

struct vmm_replay_result {
	uint64_t size; /* of this struct, if the process has ended well */
	uint64_t events;
	uint64_t live_blocks; /* at the end */
	uint64_t live_bytes;
	uint64_t peak_bytes; /* the most that were live at once */
	uint64_t failed;     /* calls that failed here, and not in the trace */
	uint64_t damaged;    /* bytes of the file */
	/* Resident memory of the heap, from samples: */
	uint64_t resident_peak;
	uint64_t resident_sum;
	uint64_t samples;
	struct vmm_replay_call calls[VMM_REPLAY_CALLS];
};

void vmm_replay_call_add(struct vmm_replay_call *call, uint64_t ns);

/* The time in ns that this part of the calls, 0 to 1, did not exceed. */
uint64_t vmm_replay_call_quantile(
	const struct vmm_replay_call *call, double part);

#endif /* VMM_REPLAY_RESULT_H */
