/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replaying a trace in this process, whatever malloc it has. Each thread of the
 * trace is a thread here; they run one at a time, in the order of the trace.
 */
#ifndef VMM_REPLAY_PLAYER_H
#define VMM_REPLAY_PLAYER_H

#include "cli/replay/result.h"

#include <stdbool.h>

/*
 * Replays the trace, as fast as possible or at the times of the trace, and
 * fills in the result. 0, or -1 after a complaint. Only once per process, on
 * its first thread.
 */
int vmm_replay_play(
	const char *path, bool keeps_times, struct vmm_replay_result *result);

#endif /* VMM_REPLAY_PLAYER_H */
