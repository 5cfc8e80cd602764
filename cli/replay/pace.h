/* SPDX-License-Identifier: BSD-3-Clause */
/* The speed of a replay that keeps the times of its trace. */
#ifndef VMM_REPLAY_PACE_H
#define VMM_REPLAY_PACE_H

#include "cli/replay/result.h"

#include <stdint.h>

/*
 * Waits until this many ns after the first call of the replay, and takes
 * samples of the memory meanwhile. If they have passed, it says by how much in
 * the result. By one thread at a time.
 */
void vmm_replay_keep_pace(struct vmm_replay_result *result, uint64_t time);

#endif /* VMM_REPLAY_PACE_H */
