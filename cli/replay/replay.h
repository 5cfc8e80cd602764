/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc replay. In a vmmalloc that was built without zstd, both functions
 * complain.
 */
#ifndef VMM_REPLAY_H
#define VMM_REPLAY_H

#include "cli/compare/contenders.h"

#include <stdbool.h>
#include <stddef.h>

/* Makes vmmalloc replay a file in its own process; then comes one of these. */
#define VMM_REPLAY_OPTION "--replay"
#define VMM_REPLAY_MAX "max"
#define VMM_REPLAY_RECORDED "recorded"

struct vmm_replay_choice {
	const char *path; /* of the trace */
	int runs;	  /* of each contender */
	bool keeps_times; /* of the trace; otherwise as fast as possible */
	const char *json; /* file for all figures; NULL: none */
	const char *html; /* file for a page; NULL: none */
};

/*
 * Replays the file at this speed, and writes the result to stdout. Returns an
 * exit status.
 */
int vmm_replay_here(const char *speed, const char *path);

/*
 * Replays the trace with each of n contenders, and prints a report of the
 * fastest run of each. Returns an exit status.
 */
int vmm_replay_all(const struct vmm_replay_choice *choice,
	const struct vmm_contender *contenders, size_t n);

#endif /* VMM_REPLAY_H */
