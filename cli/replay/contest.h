/* SPDX-License-Identifier: BSD-3-Clause */
/* The contenders of a replay, and their results. */
#ifndef VMM_REPLAY_CONTEST_H
#define VMM_REPLAY_CONTEST_H

#include "cli/compare/contenders.h"
#include "cli/replay/result.h"

#include <stddef.h>

struct vmm_replay_contest {
	const char *path; /* of the trace */
	const struct vmm_contender *contenders;
	struct vmm_replay_result *results; /* of the fastest run of each */
	size_t n;
};

/* Prints the report, and writes it as JSON. 0, or -1 after a complaint. */
void vmm_replay_print(const struct vmm_replay_contest *contest);
int vmm_replay_write_json(
	const struct vmm_replay_contest *contest, const char *json);

/* All calls of a replay, and the time in them. */
void vmm_replay_sum_calls(
	const struct vmm_replay_result *result, uint64_t *n, uint64_t *ns);

/* The name of a call. */
extern const char *const vmm_replay_names[VMM_REPLAY_CALLS];

#endif /* VMM_REPLAY_CONTEST_H */
