/* SPDX-License-Identifier: BSD-3-Clause */
/* The calls of a replay, their times, and the memory that they take. */
#ifndef VMM_REPLAY_CALLS_H
#define VMM_REPLAY_CALLS_H

#include "cli/replay/result.h"
#include "cli/trace/reader.h"

/* Before the first call, of about this many events, and after the last one. */
void vmm_replay_begin_calls(struct vmm_replay_result *result, uint64_t events);
void vmm_replay_end_calls(void);

/*
 * Makes the call of an event on this thread, and writes to the memory that it
 * allocates. By one thread at a time.
 */
void vmm_replay_make_call(const struct vmm_trace_event *event);

/* Adds a sample of the memory at this time of the trace, in ns. */
void vmm_replay_sample(uint64_t time);

#endif /* VMM_REPLAY_CALLS_H */
