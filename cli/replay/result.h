/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The result of one replay, which the process that replays writes to its
 * standard output as it is in memory.
 */
#ifndef VMM_REPLAY_RESULT_H
#define VMM_REPLAY_RESULT_H

#include "base/trace_format.h"
#include "cli/replay/course.h"

#include <stdint.h>

/* Classes of times: 16 for each power of two of nanoseconds. */
#define VMM_REPLAY_STEPS 16
#define VMM_REPLAY_CLASSES (40 * VMM_REPLAY_STEPS)

/* The calls that are replayed are the kinds before this one. */
#define VMM_REPLAY_CALLS VMM_TRACE_FAILED

/* Ranges of sizes: of the block that a call allocates or frees. */
#define VMM_REPLAY_RANGES 5

/* A call is late, if the times of the trace are kept, from this many ns on. */
#define VMM_REPLAY_LATE 1000000u

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
	uint64_t live_sum; /* bytes that were live then */
	uint64_t samples;
	struct vmm_replay_course course;
	uint64_t minor_faults;
	uint64_t major_faults;
	uint64_t late_max;   /* ns; 0 unless the times of the trace are kept */
	uint64_t late_calls; /* that were late */
	struct vmm_replay_call calls[VMM_REPLAY_CALLS][VMM_REPLAY_RANGES];
};

/* The range of a size, and the largest size of a range; 0: it has none. */
int vmm_replay_range_of(uint64_t size);
uint64_t vmm_replay_range_limit(int range);

/* The sum over all ranges of a kind of calls. */
struct vmm_replay_call vmm_replay_sum_ranges(
	const struct vmm_replay_result *result, int kind);

/* All calls of a replay, and the time in them. */
void vmm_replay_sum_calls(
	const struct vmm_replay_result *result, uint64_t *n, uint64_t *ns);

/* Bytes; 0 if there was no sample. */
double vmm_replay_mean_resident(const struct vmm_replay_result *result);

/*
 * Resident to live bytes: the mean over all samples, and the highest at which
 * at least an eighth of the peak was live. 0: not known.
 */
double vmm_replay_mean_ratio(const struct vmm_replay_result *result);
double vmm_replay_peak_ratio(const struct vmm_replay_result *result);

void vmm_replay_call_add(struct vmm_replay_call *call, uint64_t ns);

/* The time in ns that this part of the calls, 0 to 1, did not exceed. */
uint64_t vmm_replay_call_quantile(
	const struct vmm_replay_call *call, double part);

#endif /* VMM_REPLAY_RESULT_H */
