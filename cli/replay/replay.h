/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc replay. In a vmmalloc that was built without zstd, both functions
 * complain.
 */
#ifndef VMM_REPLAY_H
#define VMM_REPLAY_H

#include "cli/compare/contenders.h"

#include <stddef.h>

/* Makes vmmalloc replay a file in its own process. */
#define VMM_REPLAY_OPTION "--replay"

/* Replays the file, and writes the result to stdout. Returns an exit status. */
int vmm_replay_here(const char *path);

/*
 * Replays the file this many times with each of n contenders, and prints a
 * report of the fastest run of each; json, unless it is NULL, is the name of a
 * file for all figures. Returns an exit status.
 */
int vmm_replay_all(const char *path, const struct vmm_contender *contenders,
	size_t n, int runs, const char *json);

#endif /* VMM_REPLAY_H */
